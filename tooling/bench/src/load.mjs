import { Pool } from 'undici';
import { CONCURRENCY, concurrentCalls } from './concurrent-calls.mjs';
import { USER_PATH } from './user-answer.mjs';

/** What a governed caller sends: the servers that make use of it do, the others ignore it. */
const headers = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
  'x-request-timeout-ms': '10000',
};

/**
 * The same load for every server: 64 calls at a time, over all its routes in turn.
 * @param {import('./area.mjs').Setting} setting
 * @returns {Promise<import('./area.mjs').Opened>}
 */
export async function open({ origins, size }) {
  const pool = new Pool(/** @type {string} */ (origins[0]), { connections: CONCURRENCY });
  const paths = Array.from({ length: size }, (_, index) => `${prefixOf(index)}${USER_PATH}`);
  const request = (/** @type {number} */ index) =>
    pool.request({ method: 'GET', path: /** @type {string} */ (paths[index % size]), headers });
  return {
    first: async () => (await request(size - 1)).body.json(),
    run: (calls) => concurrentCalls(async (index) => (await request(index)).body.dump(), calls),
    close: () => pool.close(),
  };
}

/**
 * What the paths of a server's n-th route begin with.
 * @param {number} index
 */
export function prefixOf(index) {
  return index === 0 ? '' : `/tenant-${index}`;
}
