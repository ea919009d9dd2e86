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
