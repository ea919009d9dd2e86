import type { ConfigClient } from '@weft/config';
import { configSchema } from './config-schema.js';
import { blueprintOf, type CreateOptions } from './create-options.js';
import type { DriverName } from './driver-section.js';
import { openAlone } from './open-alone.js';
import { checkConfig } from './parse-config.js';
import type { ConfigCenterSection } from './weft-config.js';

/**
 * A client of the config center over the driver that `config` names (`registry:` is the same as `driver:`, S84); `close()`
 * closes the driver too.
 * @throws WEFT_CONFIG_INVALID WEFT_PLUGIN_INVALID WEFT_PLUGIN_NOT_INSTALLED
 */
export async function createConfigClient<const Name extends DriverName<'config'> = 'file'>(
  config?: ConfigCenterSection<Name>,
  options: CreateOptions = {},
): Promise<ConfigClient> {
  const checked = checkConfig(configSchema, { config: config ?? {} });
  return openAlone(blueprintOf('createConfigClient', checked, ['config'], options), 'config');
}
