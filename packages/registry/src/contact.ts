import type { Timer, WeftError } from '@weft/core';
import type { RegistryContext } from './registry-context.js';

/** Knows for how long the backend has been out of contact about one service, and tells `stale` and `recovered`. */
export class Contact {
  private isThere = false;
  private isStale = false;
  private lastAt: number;
  private timer: Timer | undefined;

  constructor(
    private readonly name: string,
    private readonly context: RegistryContext,
  ) {
    this.lastAt = context.clock.now();
    this.await();
  }

  /** Ms since the last contact; 0 while there is contact. */
  ageMs(): number {
    return this.isThere ? 0 : this.context.clock.now() - this.lastAt;
  }

  /** The backend has just said something good. */
  made(): void {
    this.lastAt = this.context.clock.now();
    if (this.isThere) return;
    this.isThere = true;
    this.timer?.cancel();
    this.measure();
    if (!this.isStale) return;
    this.isStale = false;
    this.context.logger.info('service is in contact again', { service: this.name });
    this.context.tell('recovered', { name: this.name });
  }

  /** There was contact until this moment; now the stream broke. */
  broke(): void {
    this.lastAt = this.context.clock.now();
  }

  /** A try failed. */
  lost(error: WeftError): void {
    if (this.isThere) {
      this.isThere = false;
      this.await();
      this.context.logger.debug('service is out of contact', { service: this.name, error });
    }
    this.measure();
  }

  /** Measures and tells no more. */
  stop(): void {
    this.isThere = false;
    this.timer?.cancel();
  }

  private await(): void {
    const { clock, staleAfterMs, logger, tell } = this.context;
    this.timer = clock.setTimer(Math.max(0, staleAfterMs - this.ageMs()), () => {
      this.isStale = true;
      const event = { name: this.name, ageMs: this.ageMs() };
      this.measure();
      logger.warn('service is stale; its last list stays in use', { service: this.name, ageMs: event.ageMs });
      tell('stale', event);
    });
  }

  private measure(): void {
    this.context.metrics.gauge('registry.age', this.ageMs(), { service: this.name });
  }
}
