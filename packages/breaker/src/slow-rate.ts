import type { FailureRateOptions } from './failure-rate.js';
import { RollingCounts } from './rolling-counts.js';
import type { Trip } from './trip.js';

/** What `slowRate` goes by; `ratio` is the share of slow calls. */
export interface SlowRateOptions extends FailureRateOptions {
  /** A call that takes longer is slow, in ms. */
  readonly thresholdMs: number;
}

/** Trips at a slow call, failed or not, that makes the share of slow calls reach `ratio`, of at least `minCalls` calls. */
export function slowRate({ thresholdMs, ratio, minCalls, windowMs, clock }: SlowRateOptions): Trip {
  const counts = new RollingCounts(windowMs);
  return {
    timed: true,
    record(_, durationMs) {
      const isSlow = durationMs > thresholdMs;
      counts.add(isSlow, clock.now());
      return isSlow && counts.reaches(ratio, minCalls);
    },
    reset: () => counts.clear(),
  };
}
