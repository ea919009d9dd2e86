import type { Registry } from '@weft/registry';
import type { CommandInput } from './command.js';
import { loadSettings } from './settings.js';
import { useAndClose } from './use-and-close.js';

/**
 * Runs `use` with the registry of the settings, and closes it. Records that it refuses are told as notes.
 * @throws as `use`, and when there are no usable settings
 */
export async function withRegistry(input: CommandInput, use: (registry: Registry) => Promise<number>): Promise<number> {
  const { config, folder } = await loadSettings(input);
  const { createRegistry } = await import('@weft/host');
  const registry = await createRegistry(config.registry, { from: folder, folder });
  registry.on('record.refused', ({ name, id, reason }) => input.out.note(`left out ${name} ${id}: ${reason}`));
  return useAndClose(registry, input.io.signal, use);
}
