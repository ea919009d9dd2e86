import { retryBreakerTimeout } from './cockatiel-policy.mjs';
import { policyVariant, task } from './task.mjs';

/** Retry, breaker and timeout. */
export async function open() {
  const policy = retryBreakerTimeout();
  return policyVariant(() => policy.execute(task));
}
