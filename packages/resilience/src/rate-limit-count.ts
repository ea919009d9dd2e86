import type { RateLimitDecision, RateLimitRule } from '@weft/core';

/** What was taken under one key, and whether more may be. */
export interface RateLimitCount<Rule extends RateLimitRule = RateLimitRule> {
  /** The rule it goes by. A new one holds from the next decision on, for what was taken before too. */
  rule: Rule;
  /** The instant from which it is as if nothing had ever been taken, in ms of the clock. */
  idleAt(): number;
  /** Takes `cost` whole, or nothing. `nowMs` never goes back. */
  take(cost: number, nowMs: number): RateLimitDecision;
}

/** Sums of fractions are never quite what they should be. */
export const ROUNDING = 1e-6;
