import type { Trip } from './trip.js';

/** Trips at the `threshold`-th failure in a row; any success begins the row anew. */
export function consecutiveFailures(threshold: number): Trip {
  let row = 0;
  return {
    timed: false,
    record(result) {
      row = result === 'ok' ? 0 : row + 1;
      return row >= threshold;
    },
    reset() {
      row = 0;
    },
  };
}
