import type { RateLimitDecision, RateLimitRule } from '@weft/core';
import { type RateLimitCount, ROUNDING } from './rate-limit-count.js';

/** The rule of a sliding window. */
export type SlidingWindowRule = Extract<RateLimitRule, { algorithm: 'sliding_window' }>;

const FIRST_SIZE = 8;
const MOST_ENTRIES = 1_000;

/**
 * A log of what was taken within the last `windowMs`, oldest first, in a ring that grows as it is needed. Beyond 1,000 entries
 * those within the same thousandth of the window are kept as one, with the time of the last: memory is bounded, and what is
 * taken is then given back that much later, never sooner.
 */
export class SlidingWindow implements RateLimitCount<SlidingWindowRule> {
  rule: SlidingWindowRule;
  #ats = new Float64Array(FIRST_SIZE);
  #costs = new Float64Array(FIRST_SIZE);
  #first = 0;
  #length = 0;
  #used = 0;

  constructor(rule: SlidingWindowRule) {
    this.rule = rule;
  }

  idleAt(): number {
    return this.#length === 0 ? Number.NEGATIVE_INFINITY : this.#lastAt() + this.rule.windowMs;
  }

  take(cost: number, nowMs: number): RateLimitDecision {
    const { limit, windowMs } = this.rule;
    this.#forget(nowMs - windowMs);
    if (this.#used + cost > limit + ROUNDING) {
      const remaining = Math.max(0, Math.floor(limit - this.#used + ROUNDING));
      return { allowed: false, remaining, retryAfterMs: Math.ceil(this.#roomAt(cost) - nowMs) };
    }
    this.#note(cost, this.#length === 0 ? nowMs : Math.max(nowMs, this.#lastAt()));
    return { allowed: true, remaining: Math.floor(limit - this.#used + ROUNDING), retryAfterMs: 0 };
  }

  #forget(untilAt: number): void {
    while (this.#length > 0 && this.#read(this.#ats, 0) <= untilAt) {
      this.#used -= this.#read(this.#costs, 0);
      this.#first = (this.#first + 1) % this.#ats.length;
      this.#length--;
    }
    if (this.#length === 0) this.#used = 0;
  }

  /** When enough has gone for `cost`. */
  #roomAt(cost: number): number {
    let used = this.#used;
    let at = 0;
    for (; at < this.#length - 1; at++) {
      used -= this.#read(this.#costs, at);
      if (used + cost <= this.rule.limit + ROUNDING) break;
    }
    return this.#read(this.#ats, at) + this.rule.windowMs;
  }

  #note(cost: number, nowMs: number): void {
    this.#used += cost;
    const slotMs = this.rule.windowMs / MOST_ENTRIES;
    if (this.#length >= MOST_ENTRIES && Math.floor(this.#lastAt() / slotMs) === Math.floor(nowMs / slotMs)) {
      this.#write(this.#length - 1, nowMs, this.#read(this.#costs, this.#length - 1) + cost);
      return;
    }
    if (this.#length === this.#ats.length) this.#grow();
    this.#write(this.#length++, nowMs, cost);
  }

  #grow(): void {
    const order = Array.from({ length: this.#length }, (_, at) => at);
    const [ats, costs] = [order.map((at) => this.#read(this.#ats, at)), order.map((at) => this.#read(this.#costs, at))];
    this.#ats = new Float64Array(this.#length * 2);
    this.#costs = new Float64Array(this.#length * 2);
    this.#ats.set(ats);
    this.#costs.set(costs);
    this.#first = 0;
  }

  #lastAt(): number {
    return this.#read(this.#ats, this.#length - 1);
  }

  #read(ring: Float64Array, at: number): number {
    return ring[(this.#first + at) % ring.length] ?? 0;
  }

  #write(at: number, takenAt: number, cost: number): void {
    const index = (this.#first + at) % this.#ats.length;
    this.#ats[index] = takenAt;
    this.#costs[index] = cost;
  }
}
