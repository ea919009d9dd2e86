import { resolve } from 'node:path';
import { WeftError } from '@weft/core';
import type { WeftConfig } from '@weft/host';
import type { CommandInput } from './command.js';
import type { Options } from './option-table.js';
import { parseLimit } from './parse-limit.js';

/** The config that a command works with. */
export interface Settings {
  readonly config: WeftConfig;
  /** The folder that drivers are resolved from; absolute. */
  readonly folder: string;
  /** Whether a config file names a config center: then programs follow it. */
  readonly hasCenter: boolean;
}

/**
 * From `--registry` when it is given, for registry and config center alike; else from `--config`, or the nearest config
 * file. `--timeout` wins over what stands there.
 * @throws WEFT_CONFIG_NOT_FOUND WEFT_CONFIG_INVALID
 * @throws WEFT_INVALID_ARGUMENT when the options contradict each other
 */
export async function loadSettings({ options, io }: Pick<CommandInput, 'options' | 'io'>): Promise<Settings> {
  const timeout = options.timeout === undefined ? {} : { timeout: parseLimit(options.timeout, 'timeout') };
  const { config, folder } = options.registry === undefined ? await fromFile(options, io) : fromOptions(options, io);
  const hasCenter = options.registry === undefined && config.config !== undefined;
  const registry = typeof config.registry === 'string' ? { driver: config.registry } : config.registry;
  const timed = { registry: { ...registry, ...timeout }, config: { ...config.config, ...timeout } };
  return { config: { ...config, ...timed }, folder, hasCenter };
}

async function fromFile(options: Options, { folder, env }: CommandInput['io']): Promise<Omit<Settings, 'hasCenter'>> {
  const stray = (['path', 'address'] as const).find((name) => options[name] !== undefined);
  if (stray) throw new WeftError('WEFT_INVALID_ARGUMENT', `--${stray} needs --registry, which names the driver it is for`);
  const { loadConfig } = await import('@weft/host');
  try {
    return await loadConfig(options.config, { folder, env });
  } catch (error) {
    if (options.config !== undefined || !(error instanceof WeftError) || error.code !== 'WEFT_CONFIG_NOT_FOUND') throw error;
    const message = `${error.message}: name one with --config, or a driver with --registry, such as --registry file --path .weft`;
    throw new WeftError(error.code, message, { cause: error.cause });
  }
}

function fromOptions(
  { registry = 'file', config, path, address }: Options,
  { folder }: CommandInput['io'],
): Omit<Settings, 'hasCenter'> {
  if (config !== undefined) throw new WeftError('WEFT_INVALID_ARGUMENT', '--registry and --config exclude each other');
  const section = {
    driver: registry,
    ...(path !== undefined && { path: resolve(folder, path) }),
    ...(address !== undefined && { address }),
  };
  return { config: { registry: section, config: section }, folder };
}
