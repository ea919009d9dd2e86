import assert from 'node:assert/strict';
import type { InstanceHandle, Result } from '@weft/core';
import { alike, type BalancerCase, countsOf, firstTry, handle, SEED, tried } from './balancer-scene.js';

const RESULTS: readonly Result[] = ['ok', 'failed', 'ignored'];

/** Who may be picked. */
export const pickCases: readonly BalancerCase[] = [
  {
    name: 'has the name that a config calls it by',
    run({ balancer, strategy }) {
      assert.equal(typeof balancer.strategy, 'string');
      assert.notEqual(balancer.strategy, '');
      if (strategy !== undefined) assert.equal(balancer.strategy, strategy);
    },
  },
  {
    name: 'picks a handle of the list itself',
    run(scene) {
      const from = alike(5);
      for (const instance of scene.calls(200, from)) assert.ok(from.includes(instance));
    },
  },
  {
    name: 'picks nobody from an empty list, and goes on after that',
    run(scene) {
      assert.equal(scene.balancer.pick([], firstTry), undefined);
      scene.pick(alike(2));
      assert.equal(scene.balancer.pick([], firstTry), undefined);
    },
  },
  {
    name: 'picks the only one there is, also when it was tried',
    run(scene) {
      const from = alike(1);
      for (const call of [firstTry, tried(...from)]) assert.deepEqual(countsOf(scene.calls(20, from, call), from), [20]);
    },
  },
  {
    name: 'avoids instances that this call has tried while others are left',
    run(scene) {
      const from = alike(5);
      for (const [left, ...others] of [from, from.toReversed()]) {
        assert.ok(left);
        assert.deepEqual(new Set(scene.calls(50, from, tried(...others))), new Set([left]));
      }
    },
  },
  {
    name: 'picks a tried instance when all were tried',
    run(scene) {
      const from = alike(3);
      assert.equal(scene.calls(50, from, { skip: () => true }).length, 50);
    },
  },
  {
    name: 'asks about instances of the list only',
    run(scene) {
      const from = alike(4);
      scene.calls(20, alike(9));
      const skip = (instance: InstanceHandle) => {
        assert.ok(from.includes(instance), `asked whether "${instance.id}" was tried, which is not in the list`);
        return instance === from[0];
      };
      scene.calls(50, from, { skip });
    },
  },
  {
    name: 'picks somebody although records carry weights that are none',
    run(scene) {
      const weights = [Number.NaN, -1, Number.POSITIVE_INFINITY, 1e300, 1e-300];
      const from = weights.map((weight, at) => handle(`w${at}`, { weight, metadata: { weight: 'heavy' } }));
      assert.equal(scene.calls(100, [...from, handle('good')]).length, 100);
    },
  },
  {
    name: 'gives instances that are alike alike many calls',
    needs: 'evenShares',
    run(scene) {
      const from = alike(3);
      const counts = countsOf(scene.calls(9_000, from), from);
      for (const count of counts) assert.ok(Math.abs(count / 3_000 - 1) < 0.1, `${counts} of 9,000 calls (seed ${SEED})`);
    },
  },
];

/** What it makes of a list, and of lists that follow each other. */
export const snapshotCases: readonly BalancerCase[] = [
  {
    name: 'follows the list when instances come and go',
    run(scene) {
      const from = alike(6);
      for (const [first, end] of [
        [0, 6],
        [5, 6],
        [0, 1],
        [2, 5],
        [0, 6],
        [1, 3],
      ]) {
        const list = from.slice(first, end);
        for (const instance of scene.calls(30, list)) assert.ok(list.includes(instance));
      }
    },
  },
  {
    name: 'gives a share to an instance that comes',
    needs: 'evenShares',
    async run(scene) {
      const from = alike(4);
      scene.calls(500, from.slice(0, 3));
      scene.calls(1, from);
      await scene.clock.advance(60_000);
      const [newcomer] = countsOf(scene.calls(400, from), from).slice(-1);
      assert.ok(newcomer && newcomer >= 50 && newcomer <= 200, `${newcomer} of 400 calls to 1 of 4 (seed ${SEED})`);
    },
  },
  {
    name: 'favours nobody in a list that is replaced at every call',
    needs: 'evenShares',
    run(scene) {
      const from = alike(3);
      const picks = Array.from({ length: 900 }, () => scene.calls(1, [...from])).flat();
      const counts = countsOf(picks, from);
      for (const count of counts) assert.ok(count > 200, `${counts} of 900 calls (seed ${SEED})`);
    },
  },
  {
    name: 'reads the records when the list changes, never at each pick',
    run(scene) {
      let reads = 0;
      const watched = alike(200).map(({ id, instance }) => {
        return Object.defineProperty({ id, instance }, 'instance', { get: () => ++reads && instance });
      });
      const [calls, allowed] = [100, 3];
      scene.calls(1, watched);
      reads = 0;
      scene.calls(calls, watched);
      assert.ok(reads <= calls * allowed, `${reads} records were read for ${calls} picks of 200`);
    },
  },
  {
    name: 'keeps apart two instances of one id',
    run(scene) {
      const from = [handle('a', { incarnation: '1' }), handle('a', { incarnation: '2' })];
      for (const [one, other] of [from, from.toReversed()]) {
        assert.ok(one && other);
        assert.equal(scene.pick(from, tried(other)).instance, one);
      }
    },
  },
  {
    name: 'picks the same for the same seed and clock',
    run(scene) {
      const from = alike(7);
      const ids = () => {
        const balancer = scene.another();
        return Array.from({ length: 100 }, () => balancer.pick(from, firstTry)?.instance.id);
      };
      assert.deepEqual(ids(), ids());
    },
  },
  {
    name: 'sets no timer, because nobody closes it',
    run(scene) {
      const from = alike(3);
      for (const result of RESULTS) scene.calls(10, from, firstTry, result);
      assert.equal(scene.clock.pendingTimers(), 0);
    },
  },
];
