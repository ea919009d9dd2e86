import type { RateLimitDecision, RateLimitRule } from '@weft/core';
import { type RateLimitCount, ROUNDING } from './rate-limit-count.js';

/** The rule of a token bucket. */
export type TokenBucketRule = Extract<RateLimitRule, { algorithm: 'token_bucket' }>;

/**
 * Refills steadily and holds at most `burst`: two numbers, worked out when somebody takes. Full to begin with. Never allows
 * more than rate x time + burst in any span of time.
 *
 * Source: the generic cell rate in its bucket form, ITU-T I.371 annex A.
 */
export class TokenBucket implements RateLimitCount<TokenBucketRule> {
  rule: TokenBucketRule;
  #tokens: number;
  #at: number;

  constructor(rule: TokenBucketRule, nowMs: number) {
    this.rule = rule;
    this.#tokens = rule.burst;
    this.#at = nowMs;
  }

  idleAt(): number {
    return this.#at + ((this.rule.burst - this.#tokens) / this.rule.perSecond) * 1_000;
  }

  take(cost: number, nowMs: number): RateLimitDecision {
    const { burst, perSecond } = this.rule;
    const sinceMs = Math.max(0, nowMs - this.#at);
    const tokens = Math.min(burst, this.#tokens + (sinceMs * perSecond) / 1_000);
    const missing = cost - tokens;
    if (missing > ROUNDING) {
      return { allowed: false, remaining: whole(tokens), retryAfterMs: Math.ceil((missing * 1_000) / perSecond) };
    }
    // A rounding stays owed: it would add up otherwise.
    this.#tokens = tokens - cost;
    this.#at += sinceMs;
    return { allowed: true, remaining: whole(this.#tokens), retryAfterMs: 0 };
  }
}

function whole(tokens: number): number {
  return Math.max(0, Math.floor(tokens + ROUNDING));
}
