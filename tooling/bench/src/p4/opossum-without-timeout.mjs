import CircuitBreaker from 'opossum';
import { policyVariant, task } from './task.mjs';

/** Without its timer per call. */
export async function open() {
  const breaker = new CircuitBreaker(task, { timeout: false });
  return policyVariant(
    () => breaker.fire(),
    () => breaker.shutdown(),
  );
}
