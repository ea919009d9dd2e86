import { breakerOnly } from './cockatiel-policy.mjs';
import { policyVariant, task } from './task.mjs';

/** Its breaker alone. */
export async function open() {
  const policy = breakerOnly();
  return policyVariant(() => policy.execute(task));
}
