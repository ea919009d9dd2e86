import type { ConfigClient } from '@weft/config';
import type { CommandInput } from './command.js';
import { loadSettings } from './settings.js';
import { useAndClose } from './use-and-close.js';

/**
 * Runs `use` with the config center of the settings, and closes it. Values that cannot be read are told as notes.
 * @throws as `use`, and when there are no usable settings
 */
export async function withConfigCenter(input: CommandInput, use: (center: ConfigClient) => Promise<number>): Promise<number> {
  const { config, folder } = await loadSettings(input);
  const { createConfigClient } = await import('@weft/host');
  const center = await createConfigClient(config.config, { from: folder, folder });
  center.on('rejected', ({ key, reason }) => input.out.note(`${key} cannot be read: ${reason}`));
  return useAndClose(center, input.io.signal, use);
}
