import assert from 'node:assert/strict';
import { alike, type BalancerCase, countsOf, SEED, traffic } from './balancer-scene.js';

/** What it makes of how long things take. */
export const timeCases: readonly BalancerCase[] = [
  {
    name: 'sends at most 2 % of the calls to one of five that is ten times slower (R6)',
    needs: 'latency',
    async run(scene) {
      const from = alike(5);
      const answerOf = (instance: unknown) => ({ afterMs: instance === from[0] ? 200 : 20 });
      const picks = await traffic(scene, from, { everyMs: 4, forMs: 8_000, answerOf });
      const late = countsOf(picks.slice(500), from);
      assert.ok((late[0] ?? 0) <= 30, `${late} of 1,500 calls after the first 2 s (seed ${SEED})`);
      for (const count of late.slice(1)) assert.ok(count >= 150, `${late} of 1,500 calls (seed ${SEED})`);
    },
  },
  {
    name: 'sends calls again to an instance that is no longer slow',
    needs: 'latency',
    async run(scene) {
      const from = alike(3);
      await traffic(scene, from, { everyMs: 10, forMs: 1_000, answerOf: (one) => ({ afterMs: one === from[0] ? 200 : 20 }) });
      await scene.clock.advance(60_000);
      const picks = await traffic(scene, from, { everyMs: 10, forMs: 3_000, answerOf: () => ({ afterMs: 20 }) });
      const counts = countsOf(picks, from);
      assert.ok((counts[0] ?? 0) >= 50, `${counts} of 300 calls (seed ${SEED})`);
    },
  },
  {
    name: 'sends less than half of its share to one of five that fails in 1 ms (R7)',
    needs: 'load',
    async run(scene) {
      const from = alike(5);
      const answerOf = (instance: unknown) => {
        return instance === from[0] ? { afterMs: 1, result: 'failed' as const } : { afterMs: 20 };
      };
      const counts = countsOf(await traffic(scene, from, { everyMs: 4, forMs: 4_000, answerOf }), from);
      assert.ok((counts[0] ?? 0) < 100, `${counts} of 1,000 calls (seed ${SEED})`);
    },
  },
  {
    name: 'gives an instance that comes little at first, and all of its share in the end',
    needs: 'warmUp',
    async run(scene) {
      const from = alike(5);
      scene.calls(100, from.slice(0, 4));
      const newcomer = () => countsOf(scene.calls(500, from), from)[4] ?? 0;
      const atFirst = newcomer();
      await scene.clock.advance(5_000);
      const halfway = newcomer();
      await scene.clock.advance(10_000);
      const inTheEnd = newcomer();
      const told = `${atFirst}, ${halfway}, ${inTheEnd} of 500 calls to 1 of 5 (seed ${SEED})`;
      assert.ok(atFirst > 0 && atFirst <= 30 && halfway > atFirst && halfway <= 75 && inTheEnd >= 75, told);
    },
  },
  {
    name: 'gives an instance that comes back little at first',
    needs: 'warmUp',
    run(scene) {
      const from = alike(5);
      for (const list of [from, from.slice(0, 4)]) scene.calls(100, list);
      const [counts] = [countsOf(scene.calls(500, from), from)];
      assert.ok((counts[4] ?? 0) <= 30, `${counts} of 500 calls (seed ${SEED})`);
    },
  },
  {
    name: 'gives everybody of a first list a share at once',
    needs: 'warmUp',
    run(scene) {
      const from = alike(4);
      for (const count of countsOf(scene.calls(400, from), from)) assert.ok(count >= 50, `(seed ${SEED})`);
    },
  },
];
