import { openBareConsul } from './bare-consul.mjs';
import { openBareEtcd } from './bare-etcd.mjs';
import { openBareRedis } from './bare-redis.mjs';
import { numbered } from './records.mjs';
import { TimedChanges } from './timed-changes.mjs';

/**
 * A client library as it is used to tell and to hear of a change, and to list.
 * @typedef {object} BareClient
 * @property {(record: import('@weft/core').ServiceInstance) => Promise<unknown>} put
 * @property {(name: string) => Promise<readonly object[]>} list all records of a service, parsed
 * @property {(seen: (change: number) => void) => Promise<void>} follow resolves when nothing is missed from now on
 * @property {() => Promise<void> | void} close
 */

/** @type {Readonly<Record<string, (address: string) => Promise<BareClient>>>} */
const clients = { redis: openBareRedis, etcd: openBareEtcd, consul: openBareConsul };

/**
 * The same change told by the client library alone.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ server, address, calls, options }) {
  const client = await openBare(server, address);
  const put = (/** @type {number} */ number) => client.put(numbered(number));
  await put(0);
  const changes = new TimedChanges();
  await client.follow((number) => changes.seen(number));
  return {
    measure: () => changes.make({ calls, perSecond: options.perSecond, change: put }),
    close: () => client.close(),
  };
}

/**
 * @param {string} server
 * @param {string} address
 */
export function openBare(server, address) {
  const open = clients[server];
  if (!open) throw new Error(`no client library for "${server}"`);
  return open(address);
}
