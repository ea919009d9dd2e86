/** How long things take in one run of the faults: short for every `npm test`, full for `npm run faults`. */
export interface Timing {
  /** `short` where TTLs and pauses are cut down, `full` where they are the defaults and the table's. */
  readonly mode: 'short' | 'full';
  /** TTL of registrations, in ms. */
  readonly ttlMs: number;
  /** Longest time between two beats of a registration, jitter included, in ms. */
  readonly beatMs: number;
  /** `timeout` of registry and config center, in ms. */
  readonly timeoutMs: number;
  /** `staleAfter` of registry and config center, in ms. */
  readonly staleAfterMs: number;
  /** How long a server stays away where the table says a minute, in ms. */
  readonly outageMs: number;
  /** How many times a bound may be exceeded before the run is red; 1 where only the measured system runs. */
  readonly slack: number;
  /** The value of this mode. */
  pick<T>(short: T, full: T): T;
}

/** The timing that WEFT_FAULTS asks for: `full`, else `short`. */
function timingOf(wish: string | undefined): Timing {
  const mode = wish === 'full' ? 'full' : 'short';
  const pick = <T>(short: T, full: T): T => (mode === 'full' ? full : short);
  const ttlMs = pick(4_000, 30_000);
  return {
    mode,
    ttlMs,
    beatMs: (ttlMs / 3) * 1.1,
    timeoutMs: pick(2_000, 10_000),
    staleAfterMs: pick(3_000, 10_000),
    outageMs: pick(5_000, 60_000),
    slack: pick(5, 1),
    pick,
  };
}

/** The timing of this run. */
export const timing: Timing = timingOf(process.env.WEFT_FAULTS);
