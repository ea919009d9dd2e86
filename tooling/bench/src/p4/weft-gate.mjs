import { CircuitBreaker } from '@weft/breaker';
import { task } from './task.mjs';

/** Our breaker as the client uses it: a synchronous gate before the call, and a word after it. @returns {Promise<import('../area.mjs').Opened>} */
export async function open() {
  const breaker = new CircuitBreaker();
  return {
    first: task,
    async run(calls) {
      for (let made = 0; made < calls; made++) {
        const permit = breaker.tryEnter();
        await task();
        permit?.done('ok', 0);
      }
    },
    close() {},
  };
}
