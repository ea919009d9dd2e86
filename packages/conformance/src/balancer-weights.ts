import assert from 'node:assert/strict';
import { alike, type BalancerCase, countsOf, firstTry, handle, SEED, tried } from './balancer-scene.js';

const KEYS = Array.from({ length: 400 }, (_, at) => `customer-${at}`);

/** The share of each by its weight. */
export const weightCases: readonly BalancerCase[] = [
  {
    name: 'shares calls by the weights of the records',
    needs: 'weights',
    run(scene) {
      const from = [handle('a', { weight: 3 }), handle('b', { weight: 2 }), handle('c', { weight: 1 })];
      const counts = countsOf(scene.calls(6_000, from), from);
      for (const [at, share] of [3_000, 2_000, 1_000].entries()) {
        assert.ok(Math.abs((counts[at] ?? 0) / share - 1) < 0.1, `${counts} of 6,000 calls (seed ${SEED})`);
      }
    },
  },
  {
    name: 'is exact to 1 % over 60,000 calls',
    needs: 'weights',
    run(scene) {
      const from = [handle('a', { weight: 3 }), handle('b', { weight: 2 }), handle('c', { weight: 1 })];
      const counts = countsOf(scene.calls(60_000, from), from);
      for (const [at, share] of [30_000, 20_000, 10_000].entries()) {
        assert.ok(Math.abs((counts[at] ?? 0) / share - 1) <= 0.01, `${counts} of 60,000 calls (seed ${SEED})`);
      }
    },
  },
  {
    name: 'sends nothing to an instance of weight 0, also when all others were tried',
    needs: 'weights',
    run(scene) {
      const from = [handle('drained', { weight: 0 }), handle('a'), handle('b')];
      for (const call of [firstTry, tried(...from.slice(1))]) {
        assert.equal(countsOf(scene.calls(100, from, call), from)[0], 0);
      }
    },
  },
  {
    name: 'picks nobody when every weight is 0',
    needs: 'weights',
    run({ balancer }) {
      assert.equal(balancer.pick([handle('a', { weight: 0 }), handle('b', { weight: 0 })], firstTry), undefined);
    },
  },
  {
    name: 'follows a weight that changes with the next list',
    needs: 'weights',
    run(scene) {
      const [a, b] = [handle('a'), { ...handle('b') }];
      assert.ok(countsOf(scene.calls(100, [a, b]), [b])[0]);
      b.instance = { ...b.instance, weight: 0 };
      assert.deepEqual(countsOf(scene.calls(100, [a, b]), [a, b]), [100, 0]);
    },
  },
  {
    name: 'gives somebody of tiny weight a turn and stays exact enough for the rest',
    needs: 'weights',
    run(scene) {
      const from = [handle('a', { weight: 1_000 }), handle('b', { weight: 1_000 }), handle('c', { weight: 0.5 })];
      const [a = 0, b = 0, c = 0] = countsOf(scene.calls(20_000, from), from);
      assert.ok(c < 50 && Math.abs(a / b - 1) < 0.1, `${[a, b, c]} of 20,000 calls (seed ${SEED})`);
    },
  },
];

/** Who gets the calls of a key. */
export const keyCases: readonly BalancerCase[] = [
  {
    name: 'sends calls with the same key to the same instance, whoever sends them and however the list is ordered',
    needs: 'keys',
    run(scene) {
      const from = alike(7);
      const other = scene.another();
      for (const key of KEYS.slice(0, 50)) {
        const [first, second] = scene.calls(2, from, { ...firstTry, key });
        assert.equal(second, first);
        const picked = other.pick(from.toReversed(), { ...firstTry, key });
        picked?.done({ result: 'ok', durationMs: 1 });
        assert.equal(picked?.instance, first);
      }
    },
  },
  {
    name: 'spreads keys over all instances',
    needs: 'keys',
    run(scene) {
      const from = alike(4);
      const counts = countsOf(ownersOf(scene, from), from);
      for (const count of counts) assert.ok(count > 40, `${counts} of 400 keys`);
    },
  },
  {
    name: 'moves few keys but those of an instance that leaves',
    needs: 'keys',
    run(scene) {
      const from = alike(5);
      const [before, after] = [ownersOf(scene, from), ownersOf(scene, from.slice(0, 4))];
      const moved = KEYS.filter((_, at) => before[at] !== from[4] && before[at] !== after[at]);
      assert.ok(moved.length < KEYS.length / 10, `${moved.length} of 400 keys moved although their instance stayed`);
    },
  },
  {
    name: 'sends a call on to another instance when the one of its key was tried',
    needs: 'keys',
    run(scene) {
      const from = alike(3);
      const { instance } = scene.pick(from, { ...firstTry, key: 'k' });
      assert.notEqual(scene.pick(from, { ...tried(instance), key: 'k' }).instance, instance);
    },
  },
  {
    name: 'comes back to the instance of a key when the calls under way have ended',
    needs: 'keys',
    run(scene) {
      const from = alike(5);
      const call = { ...firstTry, key: 'k' };
      const [owner] = scene.calls(1, from, call);
      const underWay = Array.from({ length: 50 }, () => scene.begin(from, call));
      for (const { end } of underWay) end('ok');
      assert.deepEqual(new Set(scene.calls(20, from, call)), new Set([owner]));
    },
  },
  {
    name: 'sends some calls of a key that everybody wants at once to other instances',
    needs: 'bounds',
    run(scene) {
      const from = alike(5);
      const picks = Array.from({ length: 200 }, () => scene.begin(from, { ...firstTry, key: 'k' }).instance);
      for (const count of countsOf(picks, from)) assert.ok(count <= 60, `${countsOf(picks, from)} of 200 calls in flight`);
    },
  },
];

function ownersOf(scene: Parameters<BalancerCase['run']>[0], from: Parameters<typeof countsOf>[1]) {
  return KEYS.flatMap((key) => scene.calls(1, from, { ...firstTry, key }));
}
