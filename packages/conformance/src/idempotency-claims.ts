import assert from 'node:assert/strict';
import { type IdempotencyCase, LONG_MS } from './idempotency-bench.js';
import { ODD_NAMES } from './store-bench.js';

const AT_ONCE = 50;
/** Two clocks that measure the same time, in ms. */
const CLOCKS_MS = 2;

/** One at a time does the work, and whoever dies at it stands in nobody's way for long. */
export const claimCases: readonly IdempotencyCase[] = [
  {
    name: 'gives a free key to whoever claims it, and tells all others that somebody is at it, what for, and for how long',
    async run(bench) {
      const [owner, other] = await bench.openMany(2);
      const key = bench.key();
      assert.ok(other);
      assert.ok((await bench.claimed(owner, key, 30_000)).length > 0);
      for (const store of [owner, other]) {
        const claim = await bench.claim(store, key, LONG_MS, 'POST /payments');
        assert.ok(claim.state === 'running');
        assert.equal(claim.fingerprint, 'POST /orders');
        assert.ok(claim.leftMs > 0 && claim.leftMs <= 30_000, `leftMs is ${claim.leftMs}`);
      }
    },
  },
  {
    name: 'gives a key to one of many who claim it at once',
    async run(bench) {
      const stores = await bench.openMany(3);
      for (const round of ['first', 'second', 'third']) {
        const claims = Array.from({ length: AT_ONCE }, (_, at) => bench.claim(stores[at % 3] ?? stores[0], bench.key(round)));
        const states = (await Promise.all(claims)).map(({ state }) => state);
        assert.deepEqual(states.sort(), ['claimed', ...Array.from({ length: AT_ONCE - 1 }, () => 'running')]);
      }
    },
  },
  {
    name: 'keeps keys apart, whatever their characters',
    async run(bench) {
      const store = await bench.open();
      const keys = ODD_NAMES.map((name) => bench.key(name));
      for (const key of keys) await bench.complete(store, key, await bench.claimed(store, key), `of ${key}`);
      for (const key of keys) assert.equal(await bench.stateOf(store, key), `of ${key}`);
    },
  },
  {
    name: 'gives a fingerprint back unchanged, whatever its characters',
    async run(bench) {
      const store = await bench.open();
      for (const fingerprint of ODD_NAMES) {
        const key = bench.key(`of ${fingerprint}`);
        await bench.claim(store, key, LONG_MS, fingerprint);
        const claim = await bench.claim(store, key);
        assert.deepEqual([claim.state, 'fingerprint' in claim && claim.fingerprint], ['running', fingerprint]);
      }
    },
  },
  {
    name: 'gives a claim up when it is told to, for the next one with another token; a second time is no failure',
    async run(bench) {
      const [owner, other] = await bench.openMany(2);
      const key = bench.key();
      assert.ok(other);
      const token = await bench.claimed(owner, key);
      await bench.release(owner, key, token);
      await bench.release(owner, key, token);
      const next = await bench.claimed(other, key);
      assert.notEqual(next, token);
      await bench.release(other, bench.key('never claimed'), token);
    },
  },
  {
    name: 'frees a claim whose owner is silent after its lease, and not before',
    async run(bench) {
      const [owner, other] = await bench.openMany(2);
      const key = bench.key();
      assert.ok(other);
      const fromAt = bench.now();
      await bench.claimed(owner, key, 400);
      const { at } = await bench.claimedLater(other, key, 400);
      assert.ok(at - fromAt >= 400 - CLOCKS_MS, `free after ${at - fromAt} ms`);
    },
  },
  {
    name: 'lets a claim live on as long as it is renewed, and from then on for the lease',
    async run(bench) {
      const [owner, other] = await bench.openMany(2);
      const key = bench.key();
      assert.ok(other);
      const token = await bench.claimed(owner, key, 1_500);
      let renewedAt = 0;
      for (let time = 0; time < 5; time++) {
        await bench.pass(400);
        renewedAt = bench.now();
        assert.equal(await bench.renew(owner, key, token, 1_500), true);
        assert.equal((await bench.claim(other, key)).state, 'running');
      }
      const { at } = await bench.claimedLater(other, key, 1_500);
      assert.ok(at - renewedAt >= 1_500 - CLOCKS_MS, `free after ${at - renewedAt} ms`);
    },
  },
  {
    name: 'does nothing for who comes back when the lease is over: no renewal, no answer, also while nobody else is at it',
    async run(bench) {
      const store = await bench.open();
      for (const act of ['renew', 'complete'] as const) {
        const key = bench.key(act);
        const token = await bench.claimed(store, key, 50);
        await bench.pass(100);
        assert.equal(await (act === 'renew' ? bench.renew(store, key, token) : bench.complete(store, key, token, 'late')), false);
        assert.equal(await bench.stateOf(store, key), 'claimed');
      }
    },
  },
  {
    name: 'does nothing for who comes back when somebody else is at it',
    async run(bench) {
      const [owner, other] = await bench.openMany(2);
      const key = bench.key();
      assert.ok(other);
      const old = await bench.claimed(owner, key, 50);
      const { token } = await bench.claimedLater(other, key, 50);
      assert.equal(await bench.renew(owner, key, old), false);
      assert.equal(await bench.complete(owner, key, old, 'of the first'), false);
      await bench.release(owner, key, old);
      assert.equal(await bench.stateOf(owner, key), 'running');
      assert.equal(await bench.complete(other, key, token, 'of the second'), true);
      assert.equal(await bench.stateOf(owner, key), 'of the second');
    },
  },
];
