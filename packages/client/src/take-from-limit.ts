import { type RateLimitDecision, WeftError, withoutStack } from '@weft/core';
import type { Call } from './call.js';
import type { PlannedLimit } from './plan.js';
import { within } from './wait.js';

/**
 * Takes one call out of a limit; a promise only where that has to be asked for elsewhere.
 * @throws WEFT_RATE_LIMITED when nothing is left of it
 */
export function takeFromLimit(call: Call, { key, rule }: PlannedLimit): Promise<void> | undefined {
  const asked = call.target.limits.take(key, rule, call.startedAt);
  if (asked instanceof Promise) return within(asked, call).then((decision) => obey(call, key, decision));
  obey(call, key, asked);
  return undefined;
}

function obey(call: Call, key: string, { allowed, retryAfterMs }: RateLimitDecision): void {
  if (allowed) return;
  const message = `the rate limit of "${key}" is used up; again in ${Math.ceil(retryAfterMs)} ms`;
  throw withoutStack(() => call.failure(new WeftError('WEFT_RATE_LIMITED', message), 'rate-limit'));
}
