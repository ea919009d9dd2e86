import type { DriverName } from './driver-section.js';
import type { WeftConfig } from './weft-config.js';

/**
 * Gives back what it is given: for the types in an editor. `driver: 'file'` brings the options of that driver, with "Did
 * you mean" for a misspelt one, if its package takes part in the compilation (`import type {} from '@weft/registry-file'`).
 * A config file may also export a promise of a config, or a function that gives one or a promise of one.
 */
export function defineConfig<
  const RegistryName extends DriverName<'registry'> = 'file',
  const ConfigName extends DriverName<'config'> = 'file',
  const BreakerName extends DriverName<'breaker'> = never,
  const TransportName extends DriverName<'transport'> = 'http',
>(
  config: WeftConfig<RegistryName, ConfigName, BreakerName, TransportName>,
): WeftConfig<RegistryName, ConfigName, BreakerName, TransportName> {
  return config;
}
