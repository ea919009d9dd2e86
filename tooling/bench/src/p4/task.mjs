import { userAnswer } from '../user-answer.mjs';

const answer = userAnswer('7');

/** What every policy of P4 stands in front of: as little as a call can be. */
export const task = async () => answer;

/**
 * A variant from something that is awaited once per call.
 * @param {() => Promise<unknown>} call
 * @param {() => void} [close]
 * @returns {import('../area.mjs').Opened}
 */
export function policyVariant(call, close = () => {}) {
  return {
    first: call,
    run: async (calls) => {
      for (let made = 0; made < calls; made++) await call();
    },
    close,
  };
}

/** The time that a gate is told, which has been read already; a microsecond further with each call. */
const STEP_MS = 0.001;

/**
 * A variant from a gate before the task, and what is told it afterwards.
 * @param {(nowMs: number) => boolean} enter
 * @param {(nowMs: number) => void} [leave]
 * @param {() => void} [close]
 * @returns {import('../area.mjs').Opened}
 */
export function gateVariant(enter, leave = () => {}, close = () => {}) {
  return {
    first: task,
    async run(calls) {
      let nowMs = performance.now();
      for (let made = 0; made < calls; made++) {
        nowMs += STEP_MS;
        if (!enter(nowMs)) throw new Error('a good call was refused');
        await task();
        leave(nowMs);
      }
    },
    close,
  };
}
