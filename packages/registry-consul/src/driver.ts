import { type ConsulOptions, type ConsulSurroundings, openConsul } from '@weft/backend-consul';
import { type Driver, type RegistryDriver, systemClock } from '@weft/core';
import { ConsulRegistry } from './consul-registry.js';
import { type ConsulRegistryOptions, consulRegistryOptions } from './options.js';

/**
 * Opens the registry of a Consul cluster. One that cannot be reached yet is no failure: operations reject until it can.
 * @throws WEFT_CONFIG_INVALID for an option that is not usable
 * @throws WEFT_UNAUTHENTICATED for a token that Consul does not know, and for a certificate that is not trusted
 */
export async function openConsulRegistry(
  { prefix = '', ...options }: ConsulRegistryOptions & Pick<ConsulOptions, 'timeout'> = {},
  surroundings: ConsulSurroundings = {},
): Promise<RegistryDriver> {
  const backend = await openConsul(options, { path: 'registry', ...surroundings });
  return new ConsulRegistry(backend, prefix, surroundings.clock ?? systemClock);
}

/** The driver `consul` of the slot `registry`. */
const driver: Driver<'registry', ConsulRegistryOptions> = {
  contract: 1,
  slot: 'registry',
  name: 'consul',
  options: consulRegistryOptions,
  async open(options, { clock, folder, logger, signal, timeoutMs }) {
    const value = await openConsulRegistry({ ...options, timeout: timeoutMs }, { clock, folder, logger, signal });
    return { value, stop: () => value.close() };
  },
};

export default driver;
