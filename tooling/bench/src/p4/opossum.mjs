import CircuitBreaker from 'opossum';
import { policyVariant, task } from './task.mjs';

/** With its defaults: a timer per call, a histogram of all durations. */
export async function open() {
  const breaker = new CircuitBreaker(task);
  return policyVariant(
    () => breaker.fire(),
    () => breaker.shutdown(),
  );
}
