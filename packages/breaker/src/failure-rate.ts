import type { Clock } from '@weft/core';
import { RollingCounts } from './rolling-counts.js';
import type { Trip } from './trip.js';

/** What `failureRate` goes by. */
export interface FailureRateOptions {
  /** Share of failures that trips it, above 0 to 1. */
  readonly ratio: number;
  /** Calls in the window below which it never trips: one failure of one call is a rate of 100 % and means nothing. */
  readonly minCalls: number;
  /** How long a call counts, in ms. */
  readonly windowMs: number;
  /** Dates the calls. */
  readonly clock: Clock;
}

/** Trips at a failure that makes the share of failures reach `ratio`, of at least `minCalls` calls within the window. */
export function failureRate({ ratio, minCalls, windowMs, clock }: FailureRateOptions): Trip {
  const counts = new RollingCounts(windowMs);
  return {
    timed: false,
    record(result) {
      const isFailed = result === 'failed';
      counts.add(isFailed, clock.now());
      return isFailed && counts.reaches(ratio, minCalls);
    },
    reset: () => counts.clear(),
  };
}
