import type { Clock, Timer } from '@weft/core';

/** What a `Freshness` watches over. */
export interface FreshnessOptions {
  /** How long it may be out of contact before that is told. */
  readonly staleAfterMs: number;
  /** Time; virtual in tests. */
  readonly clock: Clock;
  /** Told once when the backend has been out of contact for `staleAfterMs`. */
  readonly onStale: (reason: string) => void;
  /** Told once when it is in contact again after that. */
  readonly onRecovered: () => void;
}

/** Tells once when the backend has been out of contact for too long, and once when it is back. */
export class Freshness {
  private timer: Timer | undefined;
  private isStale = false;

  constructor(private readonly options: FreshnessOptions) {}

  /** The backend did not answer, because of `reason`. */
  lost(reason: string): void {
    if (this.timer || this.isStale) return;
    this.timer = this.options.clock.setTimer(this.options.staleAfterMs, () => {
      this.timer = undefined;
      this.isStale = true;
      this.options.onStale(reason);
    });
  }

  /** The backend answered. */
  regained(): void {
    this.close();
    if (!this.isStale) return;
    this.isStale = false;
    this.options.onRecovered();
  }

  /** Tells nothing more. */
  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
