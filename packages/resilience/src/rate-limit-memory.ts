import { assertRule, type Clock, OptionReader, type RateLimitDecision, type RateLimitRule, systemClock } from '@weft/core';
import type { RateLimitCount } from './rate-limit-count.js';
import { SlidingWindow } from './sliding-window.js';
import { TokenBucket } from './token-bucket.js';

/** How much a `RateLimitMemory` holds. */
export interface RateLimitMemoryOptions {
  /** Most keys that are counted at once; 100,000 unless set. A key takes about 200 bytes, a window up to 16 KiB more. */
  readonly maxKeys?: number | undefined;
  /** Time; the process's clock unless set. */
  readonly clock?: Clock | undefined;
}

const SWEEP_EVERY = 16;
const SWEPT = 4;
const EVICTION_SAMPLE = 8;

/**
 * What was taken of every key, in the process. Decides at once: no promise, no timer, one clock read (none when the caller
 * knows the time). Keys that are as if they had never been used are forgotten in passing, a few per decision. When all
 * `maxKeys` count, a new one takes the place of that of 8 which would be forgotten first: who has used up a limit is not
 * freed of it by a flood of other keys.
 *
 * Source of the eviction: the sampled one of Redis (`maxmemory-samples`).
 */
export class RateLimitMemory {
  readonly #clock: Clock;
  readonly #maxKeys: number;
  readonly #counts = new Map<string, RateLimitCount>();
  #cursor = this.#counts.entries();
  #turn = 0;

  /** @throws WEFT_CONFIG_INVALID for a `maxKeys` that is none */
  constructor({ maxKeys = 100_000, clock = systemClock }: RateLimitMemoryOptions = {}) {
    const reader = new OptionReader('rateLimit');
    this.#maxKeys = reader.count('maxKeys', maxKeys);
    reader.check();
    this.#clock = clock;
  }

  /** Keys that are counted now. */
  get size(): number {
    return this.#counts.size;
  }

  /**
   * Takes `cost` under the key when the rule allows it. Cheapest with the same rule object each time.
   * @throws WEFT_INVALID_ARGUMENT for a rule that cannot be, or a cost above what the rule ever allows
   */
  tryTake(key: string, rule: RateLimitRule, cost = 1, nowMs = this.#clock.now()): RateLimitDecision {
    if (++this.#turn % SWEEP_EVERY === 0) this.#sweep(nowMs);
    let count = this.#counts.get(key);
    if (count === undefined || count.rule !== rule || cost !== 1) count = this.#prepare(key, count, rule, cost, nowMs);
    return count.take(cost, nowMs);
  }

  /** Forgets everything. */
  clear(): void {
    this.#counts.clear();
  }

  #prepare(key: string, known: RateLimitCount | undefined, rule: RateLimitRule, cost: number, nowMs: number): RateLimitCount {
    assertRule(rule, cost);
    if (known?.rule.algorithm === rule.algorithm) {
      known.rule = rule;
      return known;
    }
    if (!known) this.#makeRoom(nowMs);
    const count = rule.algorithm === 'token_bucket' ? new TokenBucket(rule, nowMs) : new SlidingWindow(rule);
    this.#counts.set(key, count);
    return count;
  }

  #makeRoom(nowMs: number): void {
    this.#sweep(nowMs);
    if (this.#counts.size < this.#maxKeys) return;
    let soonest: string | undefined;
    let soonestAt = Number.POSITIVE_INFINITY;
    for (let seen = 0; seen < EVICTION_SAMPLE; seen++) {
      const entry = this.#next();
      const idleAt = entry?.[1].idleAt() ?? soonestAt;
      if (!entry || idleAt >= soonestAt) continue;
      [soonest] = entry;
      soonestAt = idleAt;
    }
    if (soonest !== undefined) this.#counts.delete(soonest);
  }

  #sweep(nowMs: number): void {
    for (let seen = 0; seen < SWEPT; seen++) {
      const entry = this.#next();
      if (entry && entry[1].idleAt() <= nowMs) this.#counts.delete(entry[0]);
    }
  }

  /** Goes round: the cursor of a map survives what is added and deleted under it. */
  #next(): [string, RateLimitCount] | undefined {
    const { value, done } = this.#cursor.next();
    if (!done) return value;
    this.#cursor = this.#counts.entries();
    return this.#cursor.next().value;
  }
}
