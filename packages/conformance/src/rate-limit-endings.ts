import assert from 'node:assert/strict';
import { ProcessResources } from './process-resources.js';
import { bucketOf, type RateLimitCase, windowOf } from './rate-limit-bench.js';
import { assertClosed } from './store-bench.js';

const RESTART_MS = 15_000;

/** A backend that fails heals, and a store that is closed leaves nothing behind. */
export const rateLimitEndingCases: readonly RateLimitCase[] = [
  {
    name: 'counts anew after the backend lost everything',
    needs: 'wipe',
    async run(bench) {
      const store = await bench.open();
      for (const rule of [bucketOf(2), windowOf(2)]) {
        const key = bench.key(rule.algorithm);
        assert.equal(await bench.allowedOf(5, [store], key, rule), 2);
        await bench.faults.wipe?.();
        const again = async () => assert.equal(await bench.allowedOf(5, [store], key, rule), 2);
        await bench.eventually('it counts anew', again, RESTART_MS);
      }
    },
  },
  {
    name: 'works on after the backend was restarted',
    needs: 'restart',
    async run(bench) {
      const store = await bench.open();
      await bench.take(store, bench.key(), bucketOf(2));
      await bench.faults.restart?.();
      const again = async () => assert.ok((await bench.take(store, bench.key('other'), bucketOf(1_000))).allowed);
      await bench.eventually('it decides', again, RESTART_MS);
    },
  },
  {
    name: 'ends an operation whose signal is aborted',
    async run(bench) {
      const store = await bench.open();
      await Promise.allSettled([store.take(bench.key(), bucketOf(1), { signal: AbortSignal.abort() })]);
      assert.equal((await bench.take(store, bench.key('other'), bucketOf(1))).allowed, true);
    },
  },
  {
    name: 'refuses every operation after it was closed with WEFT_CLOSED, and may be closed twice',
    async run(bench) {
      const store = await bench.open();
      await store.close();
      await store.close();
      await assertClosed([() => bench.take(store, bench.key(), bucketOf(1)), () => bench.take(store, bench.key(), windowOf(1))]);
    },
  },
  {
    name: 'leaves no handle, timer or listener behind when it is closed',
    async run(bench) {
      const before = new ProcessResources();
      for (let cycle = 0; cycle < 3; cycle++) {
        const store = await bench.open();
        await bench.allowedOf(10, [store], bench.key(), bucketOf(5));
        await bench.allowedOf(10, [store], bench.key('window'), windowOf(5));
        await store.close();
      }
      await bench.eventually('everything is given back', () => before.assertNoMore());
    },
  },
];
