import assert from 'node:assert/strict';
import { answerOf, type IdempotencyCase } from './idempotency-bench.js';
import { ProcessResources } from './process-resources.js';
import { assertClosed } from './store-bench.js';

const RESTART_MS = 15_000;

/** A backend that fails heals, and a store that is closed leaves nothing behind. */
export const idempotencyEndingCases: readonly IdempotencyCase[] = [
  {
    name: 'says whether other processes see its keys',
    async run(bench) {
      assert.equal(typeof (await bench.open()).supports.multiProcess, 'boolean');
    },
  },
  {
    name: 'keeps what was kept after the store that kept it is closed',
    async run(bench) {
      const [owner, other] = await bench.openMany(2);
      const key = bench.key();
      assert.ok(other);
      await bench.complete(owner, key, await bench.claimed(owner, key), 'kept');
      await owner.close();
      assert.equal(await bench.stateOf(other, key), 'kept');
    },
  },
  {
    name: 'takes no answer for a claim that the backend lost',
    needs: 'wipe',
    async run(bench) {
      const store = await bench.open();
      const key = bench.key();
      const token = await bench.claimed(store, key);
      await bench.faults.wipe?.();
      const refused = async () => assert.equal(await bench.complete(store, key, token, 'lost'), false);
      await bench.eventually('it is refused', refused, RESTART_MS);
      assert.equal(await bench.renew(store, key, token), false);
      assert.equal(await bench.stateOf(store, key), 'claimed');
    },
  },
  {
    name: 'has answers and claims still after the backend was restarted',
    needs: 'restart',
    async run(bench) {
      const store = await bench.open();
      const [done, running] = [bench.key('done'), bench.key('running')];
      await bench.complete(store, done, await bench.claimed(store, done), 'kept');
      const token = await bench.claimed(store, running);
      await bench.faults.restart?.();
      const kept = async () => assert.equal(await bench.stateOf(store, done), 'kept');
      await bench.eventually('the answer is there', kept, RESTART_MS);
      assert.equal(await bench.stateOf(store, running), 'running');
      assert.equal(await bench.complete(store, running, token, 'finished'), true);
    },
  },
  {
    name: 'ends an operation whose signal is aborted',
    async run(bench) {
      const store = await bench.open();
      const [key, signal] = [bench.key(), AbortSignal.abort()];
      await Promise.allSettled([
        store.claim(key, { fingerprint: 'a', leaseMs: 1_000, signal }),
        store.renew(key, 'a', { leaseMs: 1_000, signal }),
        store.complete(key, 'a', { answer: answerOf('a'), ttlMs: 1_000, signal }),
        store.release(key, 'a', { signal }),
      ]);
      assert.equal((await bench.claim(store, bench.key('other'))).state, 'claimed');
    },
  },
  {
    name: 'refuses every operation after it was closed with WEFT_CLOSED, and may be closed twice',
    async run(bench) {
      const store = await bench.open();
      const key = bench.key();
      await store.close();
      await store.close();
      await assertClosed([
        () => bench.claim(store, key),
        () => bench.renew(store, key, 'a'),
        () => bench.complete(store, key, 'a', 'late'),
        () => bench.release(store, key, 'a'),
      ]);
    },
  },
  {
    name: 'leaves no handle, timer or listener behind when it is closed',
    async run(bench) {
      const before = new ProcessResources();
      for (const key of ['a', 'b', 'c'].map((name) => bench.key(name))) {
        const store = await bench.open();
        await bench.complete(store, key, await bench.claimed(store, key), 'kept');
        await bench.claimed(store, `${key} at work`);
        await store.close();
      }
      await bench.eventually('everything is given back', () => before.assertNoMore());
    },
  },
];
