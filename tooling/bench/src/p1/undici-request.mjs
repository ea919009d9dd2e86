import { Pool } from 'undici';
import { CONCURRENCY, clientVariant } from '../concurrent-calls.mjs';
import { USER_PATH } from '../user-answer.mjs';

/** The floor: nothing but a pooled request. @param {import('../area.mjs').Setting} setting */
export async function open({ origins }) {
  const pool = openPool(origins);
  return clientVariant(
    () => requestUser(pool),
    () => pool.close(),
  );
}

/** @param {readonly string[]} origins */
export function openPool([origin = '']) {
  return new Pool(origin, { connections: CONCURRENCY });
}

/** One request, its answer parsed. @param {Pool} pool */
export async function requestUser(pool) {
  const { body } = await pool.request({ method: 'GET', path: USER_PATH });
  return body.json();
}
