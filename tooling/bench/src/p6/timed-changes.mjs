import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../quantile.mjs';

/** How long the last change may take to be seen. */
const PATIENCE_MS = 5_000;

/** From when a change was begun to when it, or a later one, was seen. */
export class TimedChanges {
  /** @type {Map<number, number>} */
  #begunAt = new Map();
  /** @type {number[]} */
  #tookMs = [];

  /** The change of this number, or a later one, is seen now. @param {number} number */
  seen(number) {
    const now = performance.now();
    for (const [other, at] of this.#begunAt) {
      if (other > number) return;
      this.#begunAt.delete(other);
      this.#tookMs.push(now - at);
    }
  }

  /**
   * Makes changes at a steady pace, whether or not the earlier ones have been seen: the first few do not count.
   * @param {{ calls: number, perSecond: number, change: (number: number) => Promise<unknown> }} options
   */
  async make({ calls, perSecond, change }) {
    const lead = Math.min(10, Math.ceil(calls / 4));
    const startAt = performance.now();
    const made = [];
    for (let number = 1; number <= lead + calls; number++) {
      if (number === lead + 1) this.#tookMs = [];
      await sleep(Math.max(0, startAt + (number * 1_000) / perSecond - performance.now()));
      this.#begunAt.set(number, performance.now());
      made.push(change(number));
    }
    await Promise.all(made);
    const untilAt = performance.now() + PATIENCE_MS;
    while (this.#begunAt.size > 0 && performance.now() < untilAt) await sleep(5);
    if (this.#begunAt.size > 0) throw new Error(`${this.#begunAt.size} of ${calls} changes were never seen`);
    return { p50Ms: quantile(this.#tookMs, 0.5), p99Ms: quantile(this.#tookMs, 0.99) };
  }
}
