import type { Clock, Timer } from '@weft/core';

/** How long to rest between two looks, in ms. */
export interface PauseLengths {
  /** Without a hint. */
  readonly longMs: number;
  /** After a hint. */
  readonly shortMs: number;
  /** In any case. */
  readonly leastMs: number;
}

/** A rest that a hint makes shorter and an end stops. */
export class Pause {
  private isHinted = false;
  private isEnded = false;
  private timer: Timer | undefined;
  private resting: { readonly until: (lengthMs: number) => void; readonly lengths: PauseLengths } | undefined;
  private wake = () => {};

  constructor(private readonly clock: Clock) {}

  /** Resolves when the time has come to look again. A hint since the last rest makes this one short. */
  async take(lengths: PauseLengths): Promise<void> {
    if (this.isEnded) return;
    const startedAt = this.clock.now();
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      const until = (lengthMs: number) => {
        this.timer?.cancel();
        this.timer = this.clock.setTimer(startedAt + Math.max(lengthMs, lengths.leastMs) - this.clock.now(), resolve);
      };
      this.resting = { until, lengths };
      until(this.isHinted ? lengths.shortMs : lengths.longMs);
    });
    this.timer?.cancel();
    this.resting = undefined;
    this.isHinted = false;
  }

  /** There is something to see. */
  hint(): void {
    if (this.isHinted) return;
    this.isHinted = true;
    this.resting?.until(this.resting.lengths.shortMs);
  }

  /** No more rests. */
  end(): void {
    this.isEnded = true;
    this.wake();
  }
}
