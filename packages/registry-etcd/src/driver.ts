import { type EtcdOptions, type EtcdSurroundings, openEtcd } from '@weft/backend-etcd';
import type { Driver, RegistryDriver } from '@weft/core';
import { EtcdRegistry } from './etcd-registry.js';
import { type EtcdRegistryOptions, etcdRegistryOptions } from './options.js';
import { RecordKeys } from './record-key.js';

const DEFAULT_PREFIX = 'weft';

/**
 * Opens the registry on etcd. A server that cannot be reached is no failure of this: operations reject until it can.
 * @throws WEFT_CONFIG_INVALID, WEFT_UNAUTHENTICATED, WEFT_PERMISSION_DENIED
 */
export async function openEtcdRegistry(
  { prefix = DEFAULT_PREFIX, ...options }: EtcdRegistryOptions & Pick<EtcdOptions, 'timeout'> = {},
  around: EtcdSurroundings = {},
): Promise<RegistryDriver> {
  const keys = new RecordKeys(prefix);
  const given = { path: 'registry', ...around, mustRead: keys.root };
  return new EtcdRegistry(await openEtcd(options, given), keys);
}

/** The driver `etcd` of the slot `registry`. */
const driver: Driver<'registry', EtcdRegistryOptions> = {
  contract: 1,
  slot: 'registry',
  name: 'etcd',
  options: etcdRegistryOptions,
  async open(options, { clock, folder, timeoutMs, logger, signal }) {
    const value = await openEtcdRegistry({ ...options, timeout: timeoutMs }, { clock, folder, logger, signal });
    return { value, stop: () => value.close() };
  },
};

export default driver;
