/** Below this part of the decay the exponential is a straight line to within 0.5 %, and costs nothing. */
const STRAIGHT_RATIO = 0.01;

/**
 * A moving average of latencies that follows a rise at once and a fall slowly: a value above it replaces it, one below it counts
 * the more the longer ago the last one was. Without values it falls towards 0, so that a slow instance is asked again some day.
 *
 * Source: Finagle, `PeakEwma`; the weight of a value by the time since the last one as in Linux' load average.
 */
export class PeakEwma {
  readonly #decayMs: number;
  #valueMs = -1;
  #at = 0;

  /** @param decayMs after which a value counts for 1/e */
  constructor(decayMs: number) {
    this.#decayMs = decayMs;
  }

  /** A latency, seen at `at`. */
  observe(latencyMs: number, at: number): void {
    const known = this.valueAt(at);
    this.#valueMs = known > latencyMs ? known + latencyMs * this.#forgottenRatio(at) : latencyMs;
    if (at > this.#at) this.#at = at;
  }

  /** It took at least so long: counts when that is a rise, and says nothing when nothing is known yet. */
  observeAtLeast(latencyMs: number, at: number): void {
    const known = this.valueAt(at);
    if (known >= 0 && latencyMs > known) this.observe(latencyMs, at);
  }

  /** In ms; below 0 before the first latency. */
  valueAt(nowMs: number): number {
    return this.#valueMs * (1 - this.#forgottenRatio(nowMs));
  }

  #forgottenRatio(nowMs: number): number {
    const decays = (nowMs - this.#at) / this.#decayMs;
    if (decays < STRAIGHT_RATIO) return Math.max(0, decays);
    return 1 - Math.exp(-decays);
  }
}
