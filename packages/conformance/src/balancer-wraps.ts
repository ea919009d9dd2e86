import assert from 'node:assert/strict';
import type { LoadBalancer, Outcome, PickRequest, Snapshot } from '@weft/core';
import { alike, type BalancerCase, type BalancerScene, firstTry, SEED, tried } from './balancer-scene.js';
import { seededRandom } from './virtual-clock.js';

/** What holds for everything that is put around strategies. */
export const wrapCases: readonly BalancerCase[] = [
  {
    name: 'is called as the strategy that it is put around',
    needs: 'wrap',
    run(scene) {
      assert.equal(scene.around(new Listener().create).strategy, 'inner');
    },
  },
  {
    name: 'ends every pick that it has the strategy make, each once, also those that it does not use',
    needs: 'wrap',
    async run(scene) {
      const listener = new Listener();
      const balancer = scene.around(listener.create);
      const random = seededRandom(SEED);
      const from = alike(7);
      for (let step = 0; step < 400; step++) {
        const list = from.filter(() => random() < 0.8);
        const call = tried(...list.filter(() => random() < 0.3));
        balancer.pick(list, call)?.done({ result: 'ok', durationMs: 1 });
        await scene.clock.advance(Math.floor(random() * 500));
      }
      assert.ok(listener.ends.length >= 300);
      assert.deepEqual(new Set(listener.ends.map(({ length }) => length)), new Set([1]), `(seed ${SEED})`);
    },
  },
  {
    name: 'hands on how a call ended, and what the call is about',
    needs: 'wrap',
    run(scene) {
      const listener = new Listener();
      const outcome: Outcome = { result: 'failed', durationMs: 17 };
      scene
        .around(listener.create)
        .pick(alike(3), { ...firstTry, key: 'k' })
        ?.done(outcome);
      assert.deepEqual(listener.ends, [[outcome]]);
      assert.deepEqual(listener.keys, ['k']);
    },
  },
  {
    name: 'makes no new list as long as its own stays the same',
    needs: 'wrap',
    run(scene: BalancerScene) {
      const listener = new Listener();
      const balancer = scene.around(listener.create);
      const from = alike(50);
      for (let call = 0; call < 200; call++) balancer.pick(from, firstTry)?.done({ result: 'ok', durationMs: 1 });
      assert.ok(listener.lists.size <= 5, `${listener.lists.size} lists were made for 200 picks from one`);
    },
  },
];

/** Hands out the instances in turn, and keeps what it is told. */
class Listener {
  /** What each pick was told at its end. */
  readonly ends: Outcome[][] = [];
  readonly keys: (string | undefined)[] = [];
  readonly lists = new Set<Snapshot>();
  #turn = 0;

  readonly create = (): LoadBalancer => ({ strategy: 'inner', pick: (from, call) => this.#pick(from, call) });

  #pick(from: Snapshot, { key, skip }: PickRequest) {
    this.lists.add(from);
    this.keys.push(key);
    const first = this.#turn++;
    const inTurn = from.map((_, at) => from[(first + at) % from.length]);
    const instance = inTurn.find((one) => one && !skip(one)) ?? inTurn[0];
    if (!instance) return undefined;
    const told: Outcome[] = [];
    this.ends.push(told);
    return { instance, done: (outcome: Outcome) => void told.push(outcome) };
  }
}
