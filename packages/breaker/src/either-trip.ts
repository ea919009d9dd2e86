import type { Trip } from './trip.js';

/** Trips when one of two does; both are told everything. */
export function eitherTrip(first: Trip, second: Trip): Trip {
  return {
    timed: first.timed || second.timed,
    record(result, durationMs) {
      const isFirst = first.record(result, durationMs);
      return second.record(result, durationMs) || isFirst;
    },
    reset() {
      first.reset();
      second.reset();
    },
  };
}
