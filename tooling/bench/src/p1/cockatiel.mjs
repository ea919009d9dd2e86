import { clientVariant } from '../concurrent-calls.mjs';
import { retryBreakerTimeout } from '../p4/cockatiel-policy.mjs';
import { openPool, requestUser } from './undici-request.mjs';

/** Retry, breaker and timeout around undici. @param {import('../area.mjs').Setting} setting */
export async function open({ origins }) {
  const pool = openPool(origins);
  const policy = retryBreakerTimeout();
  return clientVariant(
    () => policy.execute(() => requestUser(pool)),
    () => pool.close(),
  );
}
