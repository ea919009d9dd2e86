import { boundedCheck, type CheckOptions } from './bounded-check.js';
import type { Check } from './check.js';

/**
 * Passes when the query does: `sqlCheck(() => pool.query('SELECT 1'))` (S181). What it rejects with becomes the reason,
 * without what looks like a secret in it.
 * @param query resolves to anything but `false`; gets a signal that fires when nobody waits any longer, for libraries that can take a query back
 */
export function sqlCheck(query: (signal: AbortSignal) => Promise<unknown>, options: CheckOptions = {}): Check {
  return boundedCheck('database', options, query);
}
