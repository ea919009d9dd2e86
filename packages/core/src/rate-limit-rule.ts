import { WeftError } from './errors.js';
import { nearestName } from './options/nearest-name.js';
import type { RateLimitRule } from './rate-limit-store.js';

const ALGORITHMS: readonly string[] = ['token_bucket', 'sliding_window'] satisfies RateLimitRule['algorithm'][];

/**
 * What every rate limit store refuses before it counts anything.
 * @throws WEFT_INVALID_ARGUMENT for a rule that cannot be, and for a cost that no wait would help
 */
export function assertRule(rule: RateLimitRule, cost: number): void {
  if (!ALGORITHMS.includes(rule.algorithm)) {
    const nearest = nearestName(String(rule.algorithm), ALGORITHMS);
    const hint = nearest ? `. Did you mean "${nearest}"?` : '';
    throw invalid('algorithm', `unknown algorithm "${rule.algorithm}". Known: ${ALGORITHMS.join(', ')}${hint}`);
  }
  const isBucket = rule.algorithm === 'token_bucket';
  if (isBucket) assertNumber('perSecond', rule.perSecond, 0);
  else assertNumber('windowMs', rule.windowMs, 0);
  const [path, most] = isBucket ? (['burst', rule.burst] as const) : (['limit', rule.limit] as const);
  assertNumber(path, most, 1);
  assertNumber('cost', cost, 0);
  if (cost > most) throw invalid('cost', `${cost} is more than ${path} ${most}: it would never be allowed`);
}

/** From 1 that number too is good; from 0 only what is above it. */
function assertNumber(path: string, value: number, from: 0 | 1): void {
  if (Number.isFinite(value) && (from === 0 ? value > 0 : value >= from)) return;
  throw invalid(path, `${value}: expected a number ${from === 0 ? 'above 0' : 'from 1'}`);
}

function invalid(path: string, message: string): WeftError {
  return new WeftError('WEFT_INVALID_ARGUMENT', `rate limit: ${path}: ${message}`, { problems: [{ path, message }] });
}
