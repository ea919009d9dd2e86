import assert from 'node:assert/strict';
import type { Result } from '@weft/core';
import { alike, type BalancerCase, countsOf, SEED } from './balancer-scene.js';
import { seededRandom } from './virtual-clock.js';

const RESULTS: readonly Result[] = ['ok', 'failed', 'ignored'];

/** What it learns from how calls end. */
export const outcomeCases: readonly BalancerCase[] = [
  {
    name: 'goes on whatever comes of its calls, in whatever order they end',
    run(scene) {
      const from = alike(4);
      const underWay = Array.from({ length: 60 }, () => scene.begin(from));
      for (const [at, call] of underWay.toReversed().entries()) call.end(RESULTS[at % 3] ?? 'ok');
      scene.calls(20, from);
    },
  },
  {
    name: 'is not disturbed by a call that ends after its instance has left',
    run(scene) {
      const from = alike(3);
      const underWay = [scene.begin(from), scene.begin(from), scene.begin(from)];
      const left = from.slice(0, 1);
      scene.calls(5, left);
      for (const call of underWay) call.end('failed');
      for (const instance of scene.calls(20, left)) assert.equal(instance, left[0]);
    },
  },
  {
    name: 'carries nothing any more when all its calls have ended, in whatever order',
    needs: 'load',
    async run(scene) {
      const from = alike(2);
      const random = seededRandom(SEED);
      const underWay: ReturnType<typeof scene.begin>[] = [];
      for (let step = 0; step < 300; step++) {
        if (underWay.length === 0 || random() < 0.5) underWay.push(scene.begin(from));
        else underWay.splice(Math.floor(random() * underWay.length), 1)[0]?.end(RESULTS[step % 3] ?? 'ok');
      }
      for (const { end } of underWay) end('ok');
      await scene.clock.advance(60_000);
      assert.notEqual(scene.begin(from).instance, scene.begin(from).instance, `(seed ${SEED})`);
    },
  },
  {
    name: 'prefers the instance with fewer calls in flight',
    needs: 'load',
    run(scene) {
      const from = alike(2);
      const first = scene.begin(from);
      assert.notEqual(scene.begin(from).instance, first.instance);
      first.end('ok');
      assert.equal(scene.begin(from).instance, first.instance);
    },
  },
  {
    name: 'gives the place of a call back once, also when it is ended twice',
    needs: 'load',
    run(scene) {
      const from = alike(2);
      const calls = Array.from({ length: 8 }, () => scene.begin(from));
      for (let time = 0; time < 3; time++) calls[0]?.end('ok');
      const next = Array.from({ length: 5 }, () => scene.begin(from).instance);
      assert.deepEqual(countsOf(next, from).sort(), [2, 3], `(seed ${SEED})`);
    },
  },
  {
    name: 'gives the place of an ignored call back as that of any other',
    needs: 'load',
    run(scene) {
      const from = alike(2);
      const cancelled = scene.begin(from);
      scene.begin(from);
      cancelled.end('ignored');
      assert.equal(scene.begin(from).instance, cancelled.instance);
    },
  },
  {
    name: 'does not send more calls to an instance that fails fast',
    needs: 'load',
    async run(scene) {
      const from = alike(3);
      const underWay: ReturnType<typeof scene.begin>[] = [];
      let failures = 0;
      for (let call = 0; call < 600; call++) {
        const begun = scene.begin(from);
        if (begun.instance === from[0]) {
          failures++;
          begun.end('failed');
        } else underWay.push(begun);
        if (underWay.length > 6) underWay.shift()?.end('ok');
        await scene.clock.advance(3);
      }
      assert.ok(failures <= 200, `${failures} of 600 calls went to the one of three that fails (seed ${SEED})`);
    },
  },
  {
    name: 'does not send more calls to an instance that answers nothing',
    needs: 'load',
    async run(scene) {
      const from = alike(2);
      const silent = scene.begin(from);
      const other = scene.begin(from);
      await scene.clock.advance(5_000);
      other.end('ok');
      assert.ok(![scene.begin(from), scene.begin(from)].some(({ instance }) => instance === silent.instance));
    },
  },
];
