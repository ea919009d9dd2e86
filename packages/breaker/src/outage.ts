const FORGIVEN_EACH_MS = 30_000;
const MOST_PASSES = 5;

/**
 * One instance's times out of reach. A relapse soon after it came back asks for more passed probes in a row (3, then 5): an
 * instance that comes and goes every other second stays out instead of coming and going with it.
 */
export class Outage {
  #reason: 'unreachable' | 'stalled' | undefined;
  #since = 0;
  #relapses = 0;
  #endedAt = Number.NEGATIVE_INFINITY;

  /** Why it cannot be reached; undefined when it can. */
  get reason(): 'unreachable' | 'stalled' | undefined {
    return this.#reason;
  }

  /** Instant at which the last outage began, in ms of the clock. */
  get since(): number {
    return this.#since;
  }

  /** Passed probes in a row that end this outage. */
  get passes(): number {
    return Math.min(MOST_PASSES, 1 + 2 * this.#relapses);
  }

  /** Begins one. */
  begin(reason: 'unreachable' | 'stalled', nowMs: number): void {
    const forgiven = Math.floor((nowMs - this.#endedAt) / FORGIVEN_EACH_MS);
    this.#relapses = Math.max(0, this.#relapses + 1 - forgiven);
    this.#reason = reason;
    this.#since = nowMs;
  }

  /** Ends it. */
  end(nowMs: number): void {
    this.#reason = undefined;
    this.#endedAt = nowMs;
  }
}
