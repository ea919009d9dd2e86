import type { Timer, WeftError } from '@weft/core';
import type { RegistryContext } from './registry-context.js';

/** How long a process that starts with an old list waits for an answer before it tells that the list is old. */
const FIRST_ANSWER_MS = 1_000;

/** Knows for how long the backend has been out of contact about one service, and tells `stale` and `recovered`. */
export class Contact {
  private isThere = false;
  private wasThere = false;
  private isStale = false;
  private lastAt: number;
  /** When it was made again after it had been lost. */
  private againAt = Number.NEGATIVE_INFINITY;
  private timer: Timer | undefined;

  /** @param isOld whether what is known comes from an earlier process, so that it counts as stale from the start */
  constructor(
    private readonly name: string,
    private readonly context: RegistryContext,
    private readonly isOld = false,
  ) {
    this.lastAt = context.clock.now() - (isOld ? context.staleAfterMs : 0);
    this.await(isOld ? FIRST_ANSWER_MS : context.staleAfterMs);
  }

  /** Whether the backend answers now. */
  get isMade(): boolean {
    return this.isThere;
  }

  /** Ms since the last contact; 0 while there is contact. */
  ageMs(): number {
    return this.isThere ? 0 : this.context.clock.now() - this.lastAt;
  }

  /** Whether it was lost at some time within the last `ms`, now included. */
  wasLostWithin(ms: number): boolean {
    return !this.isThere || this.context.clock.now() - this.againAt <= ms;
  }

  /** The backend has just said something good. */
  made(): void {
    this.lastAt = this.context.clock.now();
    if (this.isThere) return;
    if (this.wasThere) this.againAt = this.lastAt;
    this.isThere = true;
    this.wasThere = true;
    this.cancel();
    const wasStale = this.isStale;
    this.isStale = false;
    this.measure();
    if (!wasStale) return;
    this.context.logger.info('service is in contact again', { service: this.name });
    this.context.tell('recovered', { name: this.name });
  }

  /** There was contact until this moment; now the stream broke. */
  broke(): void {
    this.lastAt = this.context.clock.now();
  }

  /** A try failed. */
  lost(error: WeftError): void {
    if (this.isOld && !this.wasThere) this.stale();
    if (this.isThere) {
      this.isThere = false;
      this.await(Math.max(0, this.context.staleAfterMs - this.ageMs()));
      this.context.logger.debug('service is out of contact', { service: this.name, error });
    }
    this.measure();
  }

  /** Measures and tells no more: who is not looked at any longer is not old. */
  stop(): void {
    this.isThere = false;
    this.cancel();
    this.write(0, false);
  }

  private await(ms: number): void {
    this.timer = this.context.clock.setTimer(ms, () => this.stale());
  }

  private cancel(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private stale(): void {
    if (this.isStale) return;
    this.isStale = true;
    this.cancel();
    const { logger, tell } = this.context;
    const event = { name: this.name, ageMs: this.ageMs() };
    this.measure();
    logger.warn('service is stale; its last list stays in use', { service: this.name, ageMs: event.ageMs });
    tell('stale', event);
  }

  private measure(): void {
    this.write(this.ageMs(), this.isStale);
  }

  private write(ageMs: number, isStale: boolean): void {
    const { metrics } = this.context;
    metrics.gauge('registry.age', ageMs / 1_000, { service: this.name });
    metrics.gauge('registry.stale', Number(isStale), { service: this.name });
  }
}
