const KEPT = 32;

/** The last 32 durations of something: adding costs one write, the median is worked out when it is asked for. */
export class RecentDurations {
  readonly #ring = new Float64Array(KEPT);
  #added = 0;

  /** How many were added, also those that are kept no longer. */
  get added(): number {
    return this.#added;
  }

  /** Adds one, in ms. */
  add(durationMs: number): void {
    this.#ring[this.#added % KEPT] = durationMs;
    this.#added++;
  }

  /** Their median in ms; undefined when there are none. */
  median(): number | undefined {
    return medianOf(this.#ring.subarray(0, Math.min(this.#added, KEPT)));
  }
}

/** The median, the lower one of two; undefined for no values. */
export function medianOf(values: ArrayLike<number>): number | undefined {
  return Float64Array.from(values).sort()[Math.floor((values.length - 1) / 2)];
}
