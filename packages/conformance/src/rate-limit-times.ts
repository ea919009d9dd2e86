import assert from 'node:assert/strict';
import type { RateLimitDecision } from '@weft/core';
import { type Allowed, bucketOf, mostWithin, type RateLimitCase, windowOf } from './rate-limit-bench.js';

const CLIENTS = 4;
/** Two clocks that measure the same time, in ms. */
const CLOCKS_MS = 2;

/** What comes back as time passes, and that it never comes back too soon. */
export const timeCases: readonly RateLimitCase[] = [
  {
    name: 'token bucket: gives back steadily, and retryAfterMs is when the same request is allowed',
    async run(bench) {
      const store = await bench.open();
      const [key, rule] = [bench.key(), bucketOf(2, 2)];
      const fromAt = bench.now();
      await bench.take(store, key, rule, 2);
      const [one, two] = [await bench.take(store, key, rule), await bench.take(store, key, rule, 2)];
      const tookMs = bench.now() - fromAt;
      assertWait(one, 500, tookMs);
      assertWait(two, 1_000, tookMs);
      await bench.pass(one.retryAfterMs + CLOCKS_MS);
      assert.equal((await bench.take(store, key, rule)).allowed, true);
      assert.ok(bench.now() - fromAt >= 500 - CLOCKS_MS, 'too soon');
    },
  },
  {
    name: 'token bucket: refuses until retryAfterMs has passed',
    async run(bench) {
      const store = await bench.open();
      const [key, rule] = [bench.key(), bucketOf(1, 2)];
      const fromAt = bench.now();
      await bench.take(store, key, rule);
      await bench.eventually('allowed again', async () => assert.ok((await bench.take(store, key, rule)).allowed), 500);
      assert.ok(bench.now() - fromAt >= 500 - CLOCKS_MS, `allowed again after ${bench.now() - fromAt} ms`);
    },
  },
  {
    name: 'token bucket: what is unused adds up to the burst, and no further',
    async run(bench) {
      const store = await bench.open();
      const [key, rule] = [bench.key(), bucketOf(3, 10)];
      await bench.take(store, key, rule, 3);
      await bench.pass(1_000);
      const fromAt = bench.now();
      const allowed = await bench.allowedOf(20, [store], key, rule);
      const most = 3 + ((bench.now() - fromAt + CLOCKS_MS) / 1_000) * 10;
      assert.ok(allowed >= 3 && allowed <= most, `${allowed} were allowed, at most ${most}`);
    },
  },
  {
    name: 'token bucket: never allows more than rate x time + burst in any window, whoever asks (R65)',
    async run(bench) {
      const [perSecond, burst] = [50, 10];
      const stores = await bench.openMany(CLIENTS);
      const all = await bench.hammer(stores, bench.key(), bucketOf(burst, perSecond), 1_500);
      for (const lengthMs of [10, 50, 100, 250, 500, 1_000, 2_000]) {
        const most = burst + (perSecond * (lengthMs + CLOCKS_MS)) / 1_000;
        assert.ok(mostWithin(all, lengthMs) <= most, `${mostWithin(all, lengthMs)} within ${lengthMs} ms, at most ${most}`);
      }
      assert.ok(all.length > burst, 'nothing came back');
    },
  },
  {
    name: 'sliding window: never allows more than the limit in any window, whoever asks and wherever it begins (R65)',
    async run(bench) {
      const stores = await bench.openMany(CLIENTS);
      const all = await bench.hammer(stores, bench.key(), windowOf(10, 400), 1_500);
      assert.ok(mostWithin(all, 400 - CLOCKS_MS) <= 10, `${mostWithin(all, 400 - CLOCKS_MS)} within one window`);
      assert.ok(all.length > 10, 'nothing came back');
    },
  },
  {
    name: 'sliding window: each cost counts until it is as old as the window, and retryAfterMs says when',
    async run(bench) {
      const store = await bench.open();
      const [key, rule] = [bench.key(), windowOf(3, 2_000)];
      const firstAt = bench.now();
      await bench.take(store, key, rule, 2);
      await bench.pass(1_000);
      const secondAt = bench.now();
      await bench.take(store, key, rule);
      const refused = await bench.take(store, key, rule);
      assertWait(refused, 2_000, bench.now() - firstAt);
      assertWait(await bench.take(store, key, rule, 3), 2_000, bench.now() - secondAt);
      await bench.pass(refused.retryAfterMs + CLOCKS_MS);
      assert.equal(await bench.allowedOf(5, [store], key, rule), 2);
    },
  },
  {
    name: 'sliding window: what was allowed evenly goes on being allowed evenly',
    async run(bench) {
      const store = await bench.open();
      const [key, rule] = [bench.key(), windowOf(5, 500)];
      const all: Allowed[] = [];
      for (let time = 0; time < 12; time++) {
        const fromAt = bench.now();
        if ((await bench.take(store, key, rule)).allowed) all.push({ fromAt, untilAt: bench.now() });
        await bench.pass(100 + CLOCKS_MS);
      }
      assert.equal(all.length, 12);
    },
  },
];

/** Whether a refusal names what is left of `fullMs`, of which at most `passedMs` have passed. */
function assertWait({ allowed, retryAfterMs }: RateLimitDecision, fullMs: number, passedMs: number): void {
  const leastMs = fullMs - passedMs - CLOCKS_MS;
  assert.equal(allowed, false);
  assert.ok(retryAfterMs >= leastMs && retryAfterMs <= fullMs + 1, `${retryAfterMs} is not within ${leastMs} and ${fullMs + 1}`);
}
