import { type EtcdOptions, type EtcdSurroundings, openEtcd } from '@weft/backend-etcd';
import type { ConfigDriver, Driver } from '@weft/core';
import { EtcdConfig } from './etcd-config.js';
import { type EtcdConfigOptions, etcdConfigOptions } from './options.js';

/**
 * Opens the config center on etcd. A server that cannot be reached is no failure of this: operations reject until it can.
 * @throws WEFT_CONFIG_INVALID, WEFT_UNAUTHENTICATED
 */
export async function openEtcdConfig(
  options: EtcdConfigOptions & Pick<EtcdOptions, 'timeout'> = {},
  around: EtcdSurroundings = {},
): Promise<ConfigDriver> {
  return new EtcdConfig(await openEtcd(options, { path: 'config', ...around }));
}

/** The driver `etcd` of the slot `config`. */
const driver: Driver<'config', EtcdConfigOptions> = {
  contract: 1,
  slot: 'config',
  name: 'etcd',
  options: etcdConfigOptions,
  async open(options, { clock, folder, timeoutMs, logger, signal }) {
    const value = await openEtcdConfig({ ...options, timeout: timeoutMs }, { clock, folder, logger, signal });
    return { value, stop: () => value.close() };
  },
};

export default driver;
