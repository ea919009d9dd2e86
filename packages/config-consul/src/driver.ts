import { type ConsulOptions, type ConsulSurroundings, openConsul } from '@weft/backend-consul';
import type { ConfigDriver, Driver } from '@weft/core';
import { ConsulConfig } from './consul-config.js';
import { type ConsulConfigOptions, consulConfigOptions } from './options.js';

/**
 * Opens the config center in the key-value store of a Consul cluster. One that cannot be reached yet is no failure:
 * operations reject until it can.
 * @throws WEFT_CONFIG_INVALID for an option that is not usable
 * @throws WEFT_UNAUTHENTICATED for a token that Consul does not know, and for a certificate that is not trusted
 */
export async function openConsulConfig(
  options: ConsulConfigOptions & Pick<ConsulOptions, 'timeout'> = {},
  surroundings: ConsulSurroundings = {},
): Promise<ConfigDriver> {
  return new ConsulConfig(await openConsul(options, { path: 'config', ...surroundings }));
}

/** The driver `consul` of the slot `config`. */
const driver: Driver<'config', ConsulConfigOptions> = {
  contract: 1,
  slot: 'config',
  name: 'consul',
  options: consulConfigOptions,
  async open(options, { clock, folder, logger, signal, timeoutMs }) {
    const value = await openConsulConfig({ ...options, timeout: timeoutMs }, { clock, folder, logger, signal });
    return { value, stop: () => value.close() };
  },
};

export default driver;
