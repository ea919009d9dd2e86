import assert from 'node:assert/strict';
import type { RateLimitRule } from '@weft/core';
import { bucketOf, type RateLimitCase, windowOf } from './rate-limit-bench.js';
import { ODD_NAMES } from './store-bench.js';

const RULES = [bucketOf(5), windowOf(5)] as const;
const AT_ONCE = 50;
const NUMBERS = [0, -1, Number.NaN, Number.POSITIVE_INFINITY];

/** What is decided at one moment. */
export const decisionCases: readonly RateLimitCase[] = [
  {
    name: 'allows as much as the rule says, tells what is left, and then refuses',
    async run(bench) {
      const store = await bench.open();
      for (const rule of RULES) {
        const key = bench.key(rule.algorithm);
        for (const remaining of [4, 3, 2, 1, 0]) {
          assert.deepEqual(await bench.take(store, key, rule), { allowed: true, remaining, retryAfterMs: 0 });
        }
        const refused = await bench.take(store, key, rule);
        assert.deepEqual([refused.allowed, refused.remaining], [false, 0]);
        assert.ok(refused.retryAfterMs > 0, `retryAfterMs is ${refused.retryAfterMs}`);
      }
    },
  },
  {
    name: 'takes a cost whole or not at all, and a refusal takes nothing',
    async run(bench) {
      const store = await bench.open();
      for (const rule of RULES) {
        const key = bench.key(rule.algorithm);
        assert.deepEqual(await bench.take(store, key, rule, 3), { allowed: true, remaining: 2, retryAfterMs: 0 });
        for (let time = 0; time < 3; time++) {
          const refused = await bench.take(store, key, rule, 3);
          assert.deepEqual([refused.allowed, refused.remaining], [false, 2]);
        }
        assert.deepEqual(await bench.take(store, key, rule, 2), { allowed: true, remaining: 0, retryAfterMs: 0 });
      }
    },
  },
  {
    name: 'counts together what several clients take at once, to the last one',
    async run(bench) {
      const stores = await bench.openMany(3);
      for (const rule of [bucketOf(7), windowOf(7)]) {
        assert.equal(await bench.allowedOf(AT_ONCE, stores, bench.key(rule.algorithm), rule), 7);
      }
    },
  },
  {
    name: 'counts each key for itself, whatever its characters',
    async run(bench) {
      const store = await bench.open();
      for (const rule of [bucketOf(1), windowOf(1)]) {
        const keys = ODD_NAMES.map((name) => bench.key(`${rule.algorithm}${name}`));
        for (const key of keys) assert.equal((await bench.take(store, key, rule)).allowed, true, key);
        for (const key of keys) assert.equal((await bench.take(store, key, rule)).allowed, false, key);
      }
    },
  },
  {
    name: 'goes by the rule of each request: one that has become stricter, or of another kind, holds at once',
    async run(bench) {
      const store = await bench.open();
      const key = bench.key();
      const assertAtMost = async (most: number, rule: RateLimitRule) => {
        const allowed = await bench.allowedOf(10, [store], key, rule);
        assert.ok(allowed <= most, `${allowed} were allowed by ${JSON.stringify(rule)}`);
      };
      await bench.take(store, key, bucketOf(100));
      await assertAtMost(2, bucketOf(2));
      await assertAtMost(3, windowOf(3));
      await assertAtMost(0, windowOf(2));
      assert.equal((await bench.take(store, key, windowOf(100))).allowed, true);
    },
  },
  {
    name: 'refuses with WEFT_INVALID_ARGUMENT a cost that no wait would help, and one that is none; nothing is taken',
    async run(bench) {
      const store = await bench.open();
      for (const rule of RULES) {
        const key = bench.key(rule.algorithm);
        for (const cost of [6, ...NUMBERS]) {
          await assert.rejects(bench.take(store, key, rule, cost), { code: 'WEFT_INVALID_ARGUMENT' }, `cost ${cost}`);
        }
        assert.equal((await bench.take(store, key, rule, 5)).allowed, true);
      }
    },
  },
  {
    name: 'refuses with WEFT_INVALID_ARGUMENT a rule that cannot be',
    async run(bench) {
      const store = await bench.open();
      const rules: RateLimitRule[] = NUMBERS.flatMap((bad) => [bucketOf(bad), bucketOf(5, bad), windowOf(bad), windowOf(5, bad)]);
      const unknown = { algorithm: 'leaky', limit: 1 } as unknown as RateLimitRule;
      for (const rule of [...rules, bucketOf(0.5), windowOf(0.5), unknown]) {
        const refused = { code: 'WEFT_INVALID_ARGUMENT' };
        await assert.rejects(bench.take(store, bench.key(), rule), refused, JSON.stringify(rule));
      }
    },
  },
];
