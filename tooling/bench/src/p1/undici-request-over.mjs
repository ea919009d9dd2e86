import { Pool } from 'undici';
import { CONCURRENCY, clientVariant } from '../concurrent-calls.mjs';
import { requestUser } from './undici-request.mjs';

/**
 * The floor over several instances in turn: what sharing the load costs without anything of ours.
 * @param {import('../area.mjs').Setting} setting
 */
export async function open({ origins, size }) {
  const pools = origins.slice(0, size).map((origin) => new Pool(origin, { connections: CONCURRENCY }));
  let turn = 0;
  return clientVariant(
    () => requestUser(/** @type {Pool} */ (pools[turn++ % pools.length])),
    async () => void (await Promise.all(pools.map((pool) => pool.close()))),
  );
}
