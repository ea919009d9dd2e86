import { LatencySample } from './latency-sample.js';

const LEAST_SAMPLES = 40;
const QUICKER_RATIO = 0.8;
/** In latencies. */
const SETTLING = 3;
/** In latencies. */
const LONGEST_STEP = 20;
const LEAST_STEP_MS = 1_000;

/**
 * Measures how long a request takes that finds no queue: halves the concurrency, waits until that many are left, and looks at
 * those who come in then. When the answer is not the one that was known, it halves again for as long as that makes requests
 * quicker: there still was a queue.
 */
export class UnloadedProbe {
  readonly #sample = new LatencySample();
  readonly #leastLimit: number;
  #limit: number;
  #previousMs: number;
  #recentMs: number;
  #isFirst = true;
  #untilAt = 0;
  #settledAt = Number.POSITIVE_INFINITY;

  /**
   * @param limit requests that may be worked at together up to now
   * @param knownMs the unloaded latency as it was known; NaN when it never was
   * @param recentMs how long requests take now
   */
  constructor(limit: number, leastLimit: number, knownMs: number, recentMs: number) {
    this.#limit = limit;
    this.#leastLimit = leastLimit;
    this.#previousMs = knownMs;
    this.#recentMs = recentMs;
  }

  /** Requests that may be worked at together while it lasts. */
  get limit(): number {
    return this.#limit;
  }

  /** Begins the first step. */
  begin(nowMs: number, inFlight: number): this {
    this.#halve(nowMs, inFlight);
    return this;
  }

  /** A request ended, after `durationMs` if that says something. The unloaded latency in ms, once it is found; what was known when too little was seen. */
  observe(durationMs: number | undefined, nowMs: number, inFlight: number): number | undefined {
    if (durationMs !== undefined && nowMs >= this.#settledAt) this.#sample.add(durationMs);
    if (inFlight <= this.#limit && this.#settledAt === Number.POSITIVE_INFINITY) this.#settle(nowMs);
    if (this.#sample.added < LEAST_SAMPLES) return nowMs >= this.#untilAt ? this.#previousMs : undefined;
    const medianMs = this.#sample.median();
    if (this.#isDone(medianMs)) return medianMs;
    this.#previousMs = medianMs;
    this.#recentMs = medianMs;
    this.#isFirst = false;
    this.#halve(nowMs, inFlight);
    return undefined;
  }

  #isDone(medianMs: number): boolean {
    if (this.#limit <= this.#leastLimit) return true;
    const isQuicker = medianMs < this.#previousMs * QUICKER_RATIO;
    return this.#isFirst ? !isQuicker && medianMs * QUICKER_RATIO <= this.#previousMs : !isQuicker;
  }

  #halve(nowMs: number, inFlight: number): void {
    this.#limit = Math.max(this.#leastLimit, Math.floor(this.#limit / 2));
    this.#untilAt = nowMs + Math.max(LEAST_STEP_MS, LONGEST_STEP * this.#recentMs);
    this.#settledAt = Number.POSITIVE_INFINITY;
    this.#sample.clear();
    if (inFlight <= this.#limit) this.#settle(nowMs);
  }

  /** The first to end are the shortest, and the last of before tell of the queue: neither is what requests are like. */
  #settle(nowMs: number): void {
    this.#settledAt = nowMs + SETTLING * this.#recentMs;
  }
}
