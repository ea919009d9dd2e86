import type { Clock, Timer } from '@weft/core';

const SAMPLE_MS = 20;

/**
 * How late the event loop runs its timers: one timer of 20 ms that tells how much later than asked for it ran. Runs only
 * between `start()` and `stop()`.
 */
export class LoopDelay {
  readonly #clock: Clock;
  readonly #onSample: (delayMs: number, nowMs: number) => void;
  #timer: Timer | undefined;
  #dueAt = 0;

  /** @param onSample told each delay in ms, from 0 */
  constructor(clock: Clock, onSample: (delayMs: number, nowMs: number) => void) {
    this.#clock = clock;
    this.#onSample = onSample;
  }

  /** Whether it is measuring. */
  get isRunning(): boolean {
    return this.#timer !== undefined;
  }

  /** Begins to measure; harmless when it does already. */
  start(): void {
    if (!this.#timer) this.#arm(this.#clock.now());
  }

  /** Measures no longer. Idempotent. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(nowMs: number): void {
    this.#dueAt = nowMs + SAMPLE_MS;
    this.#timer = this.#clock.setTimer(SAMPLE_MS, this.#sample);
  }

  readonly #sample = (): void => {
    const nowMs = this.#clock.now();
    const delayMs = Math.max(0, nowMs - this.#dueAt);
    this.#arm(nowMs);
    this.#onSample(delayMs, nowMs);
  };
}
