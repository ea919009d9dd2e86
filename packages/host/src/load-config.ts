import { dirname, resolve } from 'node:path';
import { configSchema } from './config-schema.js';
import { findConfig } from './find-config.js';
import { type CheckedConfig, checkConfig } from './parse-config.js';
import { refuse } from './problems.js';
import { readConfigFile } from './read-config-file.js';
import { substituteEnv } from './substitute-env.js';
import type { WeftConfig } from './weft-config.js';

/** A config that was found, read and checked. */
export interface LoadedConfig {
  /** Keys in camelCase, durations as they are written. */
  readonly config: WeftConfig;
  /** Where it stands; absolute. */
  readonly file: string;
  /** The folder that its drivers are resolved from; absolute. */
  readonly folder: string;
}

/** Around the reading of a config. */
export interface LoadConfigOptions {
  /** Where the search starts and what a path is relative to; the working directory unless set. */
  readonly folder?: string;
  /** What `${NAME}` stands for; the process's environment unless set. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the config at `path`, or the `weft.config.(ts|mts|js|mjs|json|yaml|yml)` nearest to the folder, upwards from there.
 * @throws WEFT_CONFIG_NOT_FOUND
 * @throws WEFT_CONFIG_INVALID with all `problems`
 */
export async function loadConfig(path?: string, options: LoadConfigOptions = {}): Promise<LoadedConfig> {
  const { config, problems, file } = await checkConfigFile(path, options);
  refuse(file, problems);
  return { config, file, folder: dirname(file) };
}

/** As `loadConfig`, and hands over what is usable of a config with problems instead of throwing. */
export async function checkConfigFile(
  path: string | undefined,
  { folder = process.cwd(), env = process.env }: LoadConfigOptions,
): Promise<CheckedConfig<WeftConfig> & { readonly file: string }> {
  const file = path === undefined ? findConfig(folder) : resolve(folder, path);
  const { data, isText } = await readConfigFile(file);
  const { fromEnv, ...filled } = isText ? substituteEnv(data, env) : { data, fromEnv: new Set<string>(), problems: [] };
  return { ...checkConfig(configSchema, filled.data, { fromEnv, problems: filled.problems }), file };
}
