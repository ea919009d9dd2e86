import { createLoadBalancer } from '@weft/balancer';
import { systemClock } from '@weft/core';
import { collectGarbage } from '../collect-garbage.mjs';
import { CONCURRENCY } from '../concurrent-calls.mjs';
import { quantile } from '../quantile.mjs';
import { openSnapshot } from './open-snapshot.mjs';

const INSTANCES = 1_000;

/** Few enough that no garbage is collected meanwhile. */
const COUNTED = 2_000;

/** How often the time is read: a client has read it for the call, so that it is no cost of a pick. */
const PICKS_PER_LOOK = 256;

const OUTCOME = /** @type {const} */ ({ result: 'ok', durationMs: 5 });

/**
 * Picks by a balancer as a client has it, 64 calls under way: a call ends, and one begins.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ calls, options: { strategy, options } }) {
  const { snapshot, close } = openSnapshot(INSTANCES);
  const caller = new Caller(createLoadBalancer(strategy, options), snapshot);
  caller.pick(calls);
  return { measure: async () => ({ ns: nsPerPick(caller, calls), bytes: bytesPerPick(caller) }), close };
}

/** Stands for one call after the other. */
class Caller {
  /** @type {string | undefined} */
  key;
  nowMs = 0;
  #keys = Array.from({ length: 4_096 }, (_, index) => `customer-${index}`);
  /** @type {(import('@weft/core').Picked | undefined)[]} */
  #underWay = new Array(CONCURRENCY).fill(undefined);
  #balancer;
  #snapshot;

  /**
   * @param {import('@weft/core').LoadBalancer} balancer
   * @param {import('@weft/core').Snapshot} snapshot
   */
  constructor(balancer, snapshot) {
    this.#balancer = balancer;
    this.#snapshot = snapshot;
  }

  skip() {
    return false;
  }

  /** @param {number} times */
  pick(times) {
    const underWay = this.#underWay;
    for (let made = 0; made < times; made++) {
      if (made % PICKS_PER_LOOK === 0) this.nowMs = systemClock.now();
      this.key = this.#keys[made % this.#keys.length];
      const place = made % CONCURRENCY;
      underWay[place]?.done(OUTCOME);
      underWay[place] = this.#balancer.pick(this.#snapshot, this);
    }
    if (!underWay[0]) throw new Error('nobody was picked');
  }
}

/**
 * @param {Caller} caller
 * @param {number} picks
 */
function nsPerPick(caller, picks) {
  const before = process.cpuUsage();
  caller.pick(picks);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1_000) / picks;
}

/** What a pick and its end allocate, without what the engine does now and then: a copy of the list would be 8,000. @param {Caller} caller */
function bytesPerPick(caller) {
  const counts = Array.from({ length: 9 }, () => {
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    caller.pick(COUNTED);
    return (process.memoryUsage().heapUsed - before) / COUNTED;
  });
  return quantile(counts, 0.25);
}
