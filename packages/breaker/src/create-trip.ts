import type { CircuitBreakerSettings } from './circuit-breaker-options.js';
import { consecutiveFailures } from './consecutive-failures.js';
import { eitherTrip } from './either-trip.js';
import { failureCount } from './failure-count.js';
import { failureRate } from './failure-rate.js';
import { slowRate } from './slow-rate.js';
import type { Trip } from './trip.js';

/** When a breaker with these settings opens: by its mode, and by slow calls if it looks at them. */
export function createTrip(settings: CircuitBreakerSettings): Trip {
  const { slow } = settings;
  const byMode = tripOf(settings);
  return slow ? eitherTrip(byMode, slowRate({ ...settings, ...slow })) : byMode;
}

function tripOf(settings: CircuitBreakerSettings): Trip {
  switch (settings.mode) {
    case 'consecutive':
      return consecutiveFailures(settings.threshold);
    case 'count':
      return failureCount(settings);
    case 'rate':
      return failureRate(settings);
  }
}
