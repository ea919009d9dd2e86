import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What became of calls that were made at a steady pace.
 * @typedef {object} Paced
 * @property {number[]} goodMs of each call that ended well, how long after it was due
 * @property {number} failed how many did not
 * @property {number[]} lateMs of each call that was made, how long after it was due: what this process, not who is called, took
 * @property {number} unmade how many were due while as many as may be were under way
 * @property {number} elapsedMs from the first call until the last one was due
 */

/**
 * Makes calls at a steady pace, whether or not the ones before have ended: that is how load comes. Each counts from when it was
 * due, so that a pause of this process, too, shows as what it is to a caller.
 * @param {() => Promise<boolean>} call whether it ended well
 * @param {{ calls: number, perSecond: number, mostAtOnce?: number }} options
 * @returns {Promise<Paced>}
 */
export async function pacedCalls(call, { calls, perSecond, mostAtOnce = Number.POSITIVE_INFINITY }) {
  const paced = {
    goodMs: /** @type {number[]} */ ([]),
    failed: 0,
    lateMs: /** @type {number[]} */ ([]),
    unmade: 0,
    elapsedMs: (calls * 1_000) / perSecond,
  };
  const underWay = new Set();
  const startAt = performance.now();
  const make = async (/** @type {number} */ dueAt) => {
    paced.lateMs.push(performance.now() - dueAt);
    if (await call().catch(() => false)) paced.goodMs.push(performance.now() - dueAt);
    else paced.failed++;
  };
  for (let number = 0; number < calls; number++) {
    const dueAt = startAt + (number * 1_000) / perSecond;
    const leftMs = dueAt - performance.now();
    if (leftMs > 0) await sleep(leftMs);
    if (underWay.size >= mostAtOnce) {
      paced.unmade++;
      continue;
    }
    const made = make(dueAt);
    underWay.add(made);
    made.finally(() => underWay.delete(made));
  }
  await Promise.all(underWay);
  return paced;
}
