import assert from 'node:assert/strict';
import type { InstanceHandle, Random, Result } from '@weft/core';
import { type BalancerCase, type BalancerScene, handle, tried } from './balancer-scene.js';
import { seededRandom } from './virtual-clock.js';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const RESULTS: readonly Result[] = ['ok', 'failed', 'ignored'];

/** What is true of lists and calls of any kind; they are drawn, and the seed stands in each failure. */
export const chanceCases: readonly BalancerCase[] = [
  {
    name: 'never picks one that was tried while others are left, whoever was tried',
    run(scene) {
      for (const seed of SEEDS) {
        const random = seededRandom(seed);
        for (let round = 0; round < 50; round++) {
          const from = Array.from({ length: 1 + Math.floor(random() * 8) }, (_, at) => handle(`i${at}`));
          for (let call = 0; call < 5; call++) pickUntried(scene, from, some(from, random), random, seed).end('ok');
        }
      }
    },
  },
  {
    name: 'goes on while the list changes under its calls',
    async run(scene) {
      for (const seed of SEEDS) {
        const random = seededRandom(seed);
        let fleet = Array.from({ length: 12 }, (_, at) => handle(`i${at}`));
        const underWay: ReturnType<typeof scene.begin>[] = [];
        for (let step = 0; step < 100; step++) {
          fleet = fleet.map((one) => (random() < 0.05 ? handle(one.id, { incarnation: `${step}` }) : one));
          const from = fleet.filter(() => random() < 0.7);
          if (from.length > 0) underWay.push(pickUntried(scene, from, some(from, random), random, seed));
          while (random() < 0.5) underWay.splice(Math.floor(random() * underWay.length), 1)[0]?.end(RESULTS[step % 3] ?? 'ok');
          await scene.clock.advance(Math.floor(random() * 2_000));
        }
        for (const { end } of underWay) end('ok');
        scene.calls(20, fleet);
      }
    },
  },
];

/** Some of a list, often none and now and then all. */
function some(from: readonly InstanceHandle[], random: Random): readonly InstanceHandle[] {
  const ratio = Math.max(0, random() * 2 - 0.8);
  return from.filter(() => random() < ratio);
}

function pickUntried(
  scene: BalancerScene,
  from: readonly InstanceHandle[],
  triedOnes: readonly InstanceHandle[],
  random: Random,
  seed: number,
) {
  const begun = scene.begin(from, { ...tried(...triedOnes), key: random() < 0.5 ? undefined : `k${Math.floor(random() * 20)}` });
  const isWrong = triedOnes.length < from.length && triedOnes.includes(begun.instance);
  assert.ok(!isWrong, `"${begun.instance.id}" was tried, and only ${triedOnes.length} of ${from.length} were (seed ${seed})`);
  return begun;
}
