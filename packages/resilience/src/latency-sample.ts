const KEPT = 128;

/** The durations of one stretch of time, of which the last 128 are kept. Adding one is one write. */
export class LatencySample {
  readonly #ring = new Float64Array(KEPT);
  #added = 0;

  /** How many were added since it was cleared. */
  get added(): number {
    return this.#added;
  }

  /** Adds one, in ms. */
  add(durationMs: number): void {
    this.#ring[this.#added++ % KEPT] = durationMs;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#added = 0;
  }

  /** The median in ms, the lower one of two; NaN for none. Sorts a copy: to be asked once per stretch. */
  median(): number {
    const sorted = this.#ring.slice(0, Math.min(this.#added, KEPT)).sort();
    return sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
  }
}
