import { Pool } from 'undici';
import { CONCURRENCY, concurrentCalls } from './concurrent-calls.mjs';
import { USER_PATH } from './user-answer.mjs';

/** Of so many calls one belongs to a trace that is recorded. */
const SAMPLED_EVERY = 10;

/** What a governed caller sends: the servers that make use of it do, the others ignore it. */
const [headers, sampledHeaders] = ['00', '01'].map((flags) => ({
  traceparent: `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`,
  'x-request-timeout-ms': '10000',
}));

/**
 * The same load for every server: 64 calls at a time, over all its routes in turn.
 * @param {import('./area.mjs').Setting} setting
 * @returns {Promise<import('./area.mjs').Opened>}
 */
export async function open({ origins, size }) {
  const pool = new Pool(/** @type {string} */ (origins[0]), { connections: CONCURRENCY });
  const paths = Array.from({ length: size }, (_, index) => `${prefixOf(index)}${USER_PATH}`);
  const request = async (/** @type {number} */ index) => {
    const path = /** @type {string} */ (paths[index % size]);
    const sent = index % SAMPLED_EVERY === 0 ? sampledHeaders : headers;
    const { statusCode, body } = await pool.request({ method: 'GET', path, headers: sent ?? {} });
    if (statusCode !== 200) throw new Error(`${path} was answered with ${statusCode}: refusals are cheap, and must not count`);
    return body;
  };
  return {
    first: async () => (await request(size - 1)).json(),
    run: (calls) => concurrentCalls(async (index) => (await request(index)).dump(), calls),
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
