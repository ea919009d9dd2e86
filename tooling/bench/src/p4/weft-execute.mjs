import { CircuitBreaker } from '@weft/breaker';
import { policyVariant, task } from './task.mjs';

/** Our breaker in its convenient form, as a user calls it. */
export async function open() {
  const breaker = new CircuitBreaker();
  return policyVariant(() => breaker.execute(task));
}
