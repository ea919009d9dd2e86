import { ServiceDiscovery } from '@weft/client';
import { configSchema } from './config-schema.js';
import { blueprintOf, type CreateOptions } from './create-options.js';
import { type RegistryConfig, registryArguments } from './create-registry.js';
import type { DriverName } from './driver-section.js';
import { withClose } from './open-alone.js';
import { openSystem } from './open-system.js';
import { checkConfig } from './parse-config.js';

/** A discovery that closes what was opened for it. */
export type OwnedServiceDiscovery = ServiceDiscovery & { close(): Promise<void> };

/**
 * Finds services and calls them, over the driver that `config` names.
 * @throws WEFT_CONFIG_INVALID WEFT_PLUGIN_INVALID WEFT_PLUGIN_NOT_INSTALLED
 */
export function createServiceDiscovery<const Name extends DriverName<'registry'> = 'file'>(
  config?: RegistryConfig<Name>,
  options?: CreateOptions,
): Promise<OwnedServiceDiscovery>;
/** As the seed writes it: a driver's word and its address (S53). */
export function createServiceDiscovery(driver: string, address: string, options?: CreateOptions): Promise<OwnedServiceDiscovery>;
export async function createServiceDiscovery(
  config?: RegistryConfig,
  second?: string | CreateOptions,
  third?: CreateOptions,
): Promise<OwnedServiceDiscovery> {
  const { section, options } = registryArguments(config, second, third);
  const checked = checkConfig(configSchema, { registry: section });
  const system = await openSystem(blueprintOf('createServiceDiscovery', checked, ['registry', 'client'], options));
  await system.lifeCycle.start();
  const discovery = new ServiceDiscovery({
    registry: system.registry as NonNullable<typeof system.registry>,
    client: system.client as NonNullable<typeof system.client>,
  });
  return withClose(discovery, () => system.lifeCycle.stop());
}
