import type { Registry } from '@weft/registry';
import { configSchema } from './config-schema.js';
import { blueprintOf, type CreateOptions } from './create-options.js';
import type { DriverName } from './driver-section.js';
import { openAlone } from './open-alone.js';
import { checkConfig } from './parse-config.js';
import type { RegistrySection } from './weft-config.js';

/** How a registry is asked for: a driver's word, or the `registry` block, with the seed's `registry` and `registryAddress` too. */
export type RegistryConfig<Name extends string = string> = string | RegistrySection<Name>;

/**
 * A registry over the driver that `config` names; `close()` closes the driver too.
 * @throws WEFT_CONFIG_INVALID WEFT_PLUGIN_INVALID WEFT_PLUGIN_NOT_INSTALLED
 */
export function createRegistry<const Name extends DriverName<'registry'> = 'file'>(
  config?: RegistryConfig<Name>,
  options?: CreateOptions,
): Promise<Registry>;
/** As the seed writes it: a driver's word and its address (S46). */
export function createRegistry(driver: string, address: string, options?: CreateOptions): Promise<Registry>;
export async function createRegistry(
  config?: RegistryConfig,
  second?: string | CreateOptions,
  third?: CreateOptions,
): Promise<Registry> {
  const { section, options } = registryArguments(config, second, third);
  const checked = checkConfig(configSchema, { registry: section });
  return openAlone(blueprintOf('createRegistry', checked, ['registry'], options), 'registry');
}

/** The block and the options of a function that takes `(config, options)` or `(driver, address, options)`. */
export function registryArguments(config: RegistryConfig = {}, second: string | CreateOptions = {}, third: CreateOptions = {}) {
  const section = typeof config === 'string' ? { driver: config } : config;
  if (typeof second === 'string') return { section: { ...section, address: second }, options: third };
  return { section, options: second };
}
