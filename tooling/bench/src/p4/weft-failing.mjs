import { CircuitBreaker } from '@weft/breaker';
import { failing, IN_WINDOW, recover } from './failing-task.mjs';
import { task } from './task.mjs';

/** Failed calls after 100,000 good ones in the window; it never opens, so that each of them is counted. @returns {Promise<import('../area.mjs').Opened>} */
export async function open() {
  const breaker = new CircuitBreaker({ mode: 'rate', minCalls: Number.MAX_SAFE_INTEGER });
  return {
    first: () => breaker.execute(failing).catch(recover),
    async prepare() {
      for (let made = 0; made < IN_WINDOW; made++) await breaker.execute(task);
    },
    async run(calls) {
      for (let made = 0; made < calls; made++) await breaker.execute(failing).catch(recover);
    },
    close() {},
  };
}
