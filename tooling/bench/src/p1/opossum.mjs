import CircuitBreaker from 'opossum';
import { clientVariant } from '../concurrent-calls.mjs';
import { openPool, requestUser } from './undici-request.mjs';

/** A breaker with its default timeout around undici. @param {import('../area.mjs').Setting} setting */
export async function open({ origins }) {
  const pool = openPool(origins);
  const breaker = new CircuitBreaker(() => requestUser(pool));
  return clientVariant(
    () => breaker.fire(),
    () => {
      breaker.shutdown();
      return pool.close();
    },
  );
}
