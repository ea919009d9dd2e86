import { OptionReader } from '@weft/core';
import { P2Quantile } from './p2-quantile.js';

/** What a `LatencyQuantile` is made with. */
export interface LatencyQuantileOptions {
  /** Which quantile, above 0 and below 1; 0.95 unless set. */
  readonly ratio?: number | undefined;
  /** How many of the last latencies it goes by, at least half of them at any time; 1,000 unless set. */
  readonly window?: number | undefined;
  /** Latencies below which it says nothing; 20 unless set. */
  readonly minSamples?: number | undefined;
}

/**
 * A quantile of the recent latencies of something, such as its p95: when a hedge is worth it. Two P2 estimators take turns,
 * each begun half a window after the other, so that what is told always rests on at least half a window and old latencies are
 * forgotten.
 */
export class LatencyQuantile {
  readonly #ratio: number;
  readonly #half: number;
  readonly #minSamples: number;
  #told: P2Quantile;
  #next: P2Quantile;

  /** @throws WEFT_CONFIG_INVALID for options that cannot be */
  constructor({ ratio = 0.95, window = 1_000, minSamples = 20 }: LatencyQuantileOptions = {}) {
    const reader = new OptionReader('latencyQuantile');
    this.#ratio = reader.above(0, 'ratio', ratio, 0.9999);
    this.#half = Math.ceil(reader.count('window', window, 10) / 2);
    this.#minSamples = reader.count('minSamples', minSamples);
    reader.check();
    this.#told = new P2Quantile(ratio);
    this.#next = new P2Quantile(ratio);
  }

  /** In ms; undefined while too few latencies are known. */
  get value(): number | undefined {
    return this.#told.added < this.#minSamples ? undefined : this.#told.value;
  }

  /** Adds the latency of a call that was answered, in ms. */
  add(durationMs: number): void {
    this.#told.add(durationMs);
    if (this.#told.added > this.#half) this.#next.add(durationMs);
    if (this.#next.added < this.#half) return;
    this.#told = this.#next;
    this.#next = new P2Quantile(this.#ratio);
  }
}
