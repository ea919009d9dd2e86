import type { Clock } from '@weft/core';
import { RollingCounts } from './rolling-counts.js';
import type { Trip } from './trip.js';

/** What `failureCount` goes by. */
export interface FailureCountOptions {
  /** Failures that trip it. */
  readonly threshold: number;
  /** How long a failure counts, in ms. */
  readonly windowMs: number;
  /** Dates the failures. */
  readonly clock: Clock;
}

/** Trips at the `threshold`-th failure within the window, whatever succeeded in between. Successes cost nothing. */
export function failureCount({ threshold, windowMs, clock }: FailureCountOptions): Trip {
  const counts = new RollingCounts(windowMs);
  return {
    timed: false,
    record(result) {
      if (result === 'ok') return false;
      counts.add(true, clock.now());
      return counts.bad >= threshold;
    },
    reset: () => counts.clear(),
  };
}
