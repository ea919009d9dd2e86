import { openConsulRegistry } from '@weft/registry-consul';
import { openEtcdRegistry } from '@weft/registry-etcd';
import { openRedisRegistry } from '@weft/registry-redis';

/** @type {Readonly<Record<string, (options: { address: string }) => Promise<import('@weft/core').RegistryDriver>>>} */
const openers = { redis: openRedisRegistry, etcd: openEtcdRegistry, consul: openConsulRegistry };

/**
 * The driver of a server.
 * @param {Pick<import('../figure-area.mjs').FigureSetting, 'server' | 'address'>} setting
 */
export function openDriver({ server, address }) {
  const open = openers[server];
  if (!open) throw new Error(`no driver for "${server}"`);
  return open({ address });
}
