import CircuitBreaker from 'opossum';
import { failing, IN_WINDOW, recover } from './failing-task.mjs';
import { task } from './task.mjs';

/** Failed calls after 100,000 good ones within its window. @returns {Promise<import('../area.mjs').Opened>} */
export async function open() {
  let isFailing = false;
  const breaker = new CircuitBreaker(() => (isFailing ? failing() : task()), { timeout: false });
  return {
    first: () => breaker.fire().catch(recover),
    async prepare() {
      isFailing = false;
      for (let made = 0; made < IN_WINDOW; made++) await breaker.fire();
      isFailing = true;
    },
    async run(calls) {
      for (let made = 0; made < calls; made++) await breaker.fire().catch(recover);
    },
    close: () => breaker.shutdown(),
  };
}
