import assert from 'node:assert/strict';
import type { RateLimitDecision, RateLimitRule, RateLimitStore } from '@weft/core';
import { StoreBench, type StoreFaults } from './store-bench.js';

/** One sentence of the contract. */
export interface RateLimitCase {
  /** The sentence. */
  readonly name: string;
  /** What the target must offer for it. */
  readonly needs?: keyof StoreFaults;
  /** Rejects when it is not true. */
  readonly run: (bench: RateLimitBench) => Promise<void>;
}

/** What was allowed, and between which instants it was decided. */
export interface Allowed {
  readonly fromAt: number;
  readonly untilAt: number;
}

/** Refills so slowly that a case does not see it. */
export function bucketOf(burst: number, perSecond = 0.001): RateLimitRule {
  return { algorithm: 'token_bucket', perSecond, burst };
}

/** Counts for so long that a case sees nothing go. */
export function windowOf(limit: number, windowMs = 600_000): RateLimitRule {
  return { algorithm: 'sliding_window', limit, windowMs };
}

/** What a case of a rate limit store works with. */
export class RateLimitBench extends StoreBench<RateLimitStore> {
  /** Takes from a key. */
  take(store: RateLimitStore, key: string, rule: RateLimitRule, cost?: number): Promise<RateLimitDecision> {
    return store.take(key, rule, { signal: this.signal, ...(cost !== undefined && { cost }) });
  }

  /** How many of `count` tries, all made at once and spread over the stores, are allowed. */
  async allowedOf(count: number, stores: readonly RateLimitStore[], key: string, rule: RateLimitRule): Promise<number> {
    const tries = Array.from({ length: count }, (_, at) => {
      const store = stores[at % stores.length];
      assert.ok(store);
      return this.take(store, key, rule);
    });
    return (await Promise.all(tries)).filter(({ allowed }) => allowed).length;
  }

  /** Every store takes as fast as it can for a while. */
  async hammer(stores: readonly RateLimitStore[], key: string, rule: RateLimitRule, forMs: number): Promise<readonly Allowed[]> {
    const untilAt = this.now() + forMs;
    const all: Allowed[] = [];
    const work = async (store: RateLimitStore) => {
      while (this.now() < untilAt) {
        const fromAt = this.now();
        const { allowed } = await this.take(store, key, rule);
        if (allowed) all.push({ fromAt, untilAt: this.now() });
        await this.pass(1);
      }
    };
    await Promise.all(stores.map(work));
    return all;
  }
}

/** Most of what was decided wholly within `lengthMs` from the start of any of them. */
export function mostWithin(all: readonly Allowed[], lengthMs: number): number {
  return Math.max(
    ...all.map(({ fromAt: at }) => all.filter(({ fromAt, untilAt }) => fromAt >= at && untilAt <= at + lengthMs).length),
  );
}
