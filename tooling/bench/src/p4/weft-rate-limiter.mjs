import { memoryRateLimits } from '@weft/resilience';
import { gateVariant } from './task.mjs';

/** Wide enough to refuse nobody. */
const RULE = /** @type {const} */ ({ algorithm: 'token_bucket', perSecond: 1_000_000_000, burst: 1_000_000_000 });

/** Our rate limit in the process, one key, the time given. */
export async function open() {
  const limits = memoryRateLimits();
  return gateVariant((nowMs) => limits.tryTake('users', RULE, 1, nowMs).allowed);
}
