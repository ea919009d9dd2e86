import { OptionReader } from '@weft/core';

/** How much a service may be retried. */
export interface RetryBudgetOptions {
  /** Retries per call of the window; 0.2 unless set. */
  readonly ratio?: number | undefined;
  /** Retries per second that are allowed on top, so that a client with few calls can retry at all; 3 unless set. */
  readonly minPerSecond?: number | undefined;
  /** Length of the sliding window in ms; 10,000 unless set. */
  readonly windowMs?: number | undefined;
}

const SLICES = 21;

/**
 * Bounds what retries add to the load of one target service: at most `ratio` of the calls of the last window and
 * `minPerSecond`. A fixed ring of counters that the calls themselves rotate: no timer, nothing allocated.
 *
 * Source: Finagle's RetryBudget; B. Beyer et al., "Site Reliability Engineering", 2016, chapter 21.
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #baseRetries: number;
  readonly #sliceMs: number;
  readonly #calls = new Uint32Array(SLICES);
  readonly #retries = new Uint32Array(SLICES);
  #callsInWindow = 0;
  #retriesInWindow = 0;
  #slice = 0;

  /** @throws WEFT_CONFIG_INVALID telling every option that is wrong */
  constructor({ ratio = 0.2, minPerSecond = 3, windowMs = 10_000 }: RetryBudgetOptions = {}) {
    const reader = new OptionReader('retryBudget');
    this.#ratio = reader.from(0, 'ratio', ratio);
    this.#baseRetries = (reader.from(0, 'minPerSecond', minPerSecond) * windowMs) / 1_000;
    this.#sliceMs = reader.durationMs('windowMs', windowMs) / (SLICES - 1);
    reader.check();
  }

  /** Counts a call, once, however often it is tried. */
  recordCall(nowMs: number): void {
    const at = this.#rotate(nowMs);
    this.#calls[at] = (this.#calls[at] ?? 0) + 1;
    this.#callsInWindow++;
  }

  /** Retries that it would allow now, rounded down. */
  left(nowMs: number): number {
    this.#rotate(nowMs);
    return Math.max(0, Math.floor(this.#ratio * this.#callsInWindow + this.#baseRetries - this.#retriesInWindow));
  }

  /** Takes one retry out of the budget; false when it is spent. */
  tryRetry(nowMs: number): boolean {
    const at = this.#rotate(nowMs);
    if (this.#retriesInWindow + 1 > this.#ratio * this.#callsInWindow + this.#baseRetries) return false;
    this.#retries[at] = (this.#retries[at] ?? 0) + 1;
    this.#retriesInWindow++;
    return true;
  }

  /** Clears the slices that time has passed over and returns the index of the current one. */
  #rotate(nowMs: number): number {
    const slice = Math.floor(nowMs / this.#sliceMs);
    for (let passed = Math.max(this.#slice + 1, slice - SLICES + 1); passed <= slice; passed++) {
      const at = passed % SLICES;
      this.#callsInWindow -= this.#calls[at] ?? 0;
      this.#retriesInWindow -= this.#retries[at] ?? 0;
      this.#calls[at] = 0;
      this.#retries[at] = 0;
    }
    if (slice > this.#slice) this.#slice = slice;
    return this.#slice % SLICES;
  }
}
