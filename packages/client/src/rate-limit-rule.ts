import { parseDuration, type RateLimitRule } from '@weft/core';
import type { RateLimitPolicy } from './policy.js';

/** A rate limit as limiters take it. @throws WEFT_CONFIG_INVALID for a window that is no duration */
export function rateLimitRule(limit: RateLimitPolicy): RateLimitRule {
  if ('window' in limit) {
    return { algorithm: 'sliding_window', limit: limit.limit, windowMs: parseDuration(limit.window, 'rateLimit.window') };
  }
  const { perSecond, burst = Math.max(1, Math.ceil(perSecond)) } = limit;
  return { algorithm: 'token_bucket', perSecond, burst };
}
