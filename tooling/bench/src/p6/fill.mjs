import { request } from 'node:http';
import { openBare } from './change-bare.mjs';
import { openDriver } from './drivers.mjs';
import { record, SERVICE } from './records.mjs';

const AT_ONCE = 64;
/** Long enough that nothing ends while it is measured. */
const PUT = { ttlMs: 600_000, signal: new AbortController().signal };

/**
 * Fills a server with the instances of one service: as our drivers write them or, for `options.isBare`, as the client library is
 * used in `change-bare`. In Consul both are the same: a service.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ server, address, calls, options }) {
  const writer = options.isBare && server !== 'consul' ? await openBare(server, address) : await openDriver({ server, address });
  const put = (/** @type {number} */ index) => writer.put(record(0, index), PUT);
  if (server === 'consul') await fillConsul(address, put, calls);
  else await fill(put, calls);
  return { close: () => writer.close() };
}

/**
 * @param {(index: number) => Promise<unknown>} put
 * @param {number} count
 */
async function fill(put, count) {
  let next = 0;
  const line = async () => {
    while (next < count) await put(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
}

/**
 * An agent that checks 10,000 services of its own has no time for anything else, and no agent has so many: one is
 * registered, the others are copies of it in the catalog, on a hundred nodes.
 * @param {string} address
 * @param {(index: number) => Promise<unknown>} put
 * @param {number} count
 */
async function fillConsul(address, put, count) {
  await put(0);
  const first = record(0, 0);
  const entries = JSON.parse(await ask(address, 'GET', `/v1/health/service/${SERVICE}`));
  const { Service, Checks } = entries[0];
  const own = Checks.filter((/** @type {{ ServiceID: string }} */ check) => check.ServiceID === Service.ID);
  const text = JSON.stringify({ Service, Checks: own });
  const copy = async (/** @type {number} */ index) => {
    const { id, incarnation, host } = record(0, index);
    const { Service, Checks } = JSON.parse(
      text.replaceAll(first.id, id).replaceAll(first.incarnation, incarnation).replaceAll(`"${first.host}"`, `"${host}"`),
    );
    const Node = `node-${index % 100}`;
    for (const check of Checks) check.Node = Node;
    await ask(address, 'PUT', '/v1/catalog/register', { Node, Address: '127.0.0.1', Service, Checks });
  };
  await fill((index) => copy(index + 1), count - 1);
}

/**
 * @param {string} address
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<string>}
 */
function ask(address, method, path, body) {
  return new Promise((resolve, reject) => {
    const asked = request(`http://${address}${path}`, { method }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString();
      if (response.statusCode === 200) resolve(text);
      else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
    });
    asked.on('error', reject).end(body && JSON.stringify(body));
  });
}
