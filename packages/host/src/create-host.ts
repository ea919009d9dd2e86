import { dirname } from 'node:path';
import type { Part } from './blueprint.js';
import { configSchema } from './config-schema.js';
import { blueprintOf, type CreateOptions } from './create-options.js';
import type { DriverName } from './driver-section.js';
import { Host } from './host.js';
import { checkConfigFile } from './load-config.js';
import { openSystem } from './open-system.js';
import { checkConfig } from './parse-config.js';
import type { WeftConfig } from './weft-config.js';

/** Beside the config of a host. */
export interface CreateHostOptions extends CreateOptions {
  /**
   * Whether SIGTERM and SIGINT stop the host and end the process, unhandled rejections are logged instead of ending it, and an
   * uncaught exception ends it without leaving a record behind; true unless set. `false` where several hosts share a process.
   */
  readonly signals?: boolean;
  /** What `${NAME}` in a config file stands for; the process's environment unless set. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * Where a config file is looked for, and what its path is relative to; the working directory unless set. Paths inside a
   * config file are relative to its own folder.
   */
  readonly folder?: string;
}

const PARTS: readonly Part[] = ['registry', 'config', 'client', 'service', 'tracing', 'metrics', 'logging', 'plugins'];

/**
 * A host from a config, the path of one, or the `weft.config.*` nearest to the working directory. Everything is checked
 * before anything is opened; drivers are open when it resolves, and nothing is listening before `start()`.
 * @throws WEFT_CONFIG_NOT_FOUND
 * @throws WEFT_CONFIG_INVALID WEFT_PLUGIN_INVALID WEFT_PLUGIN_NOT_INSTALLED with all `problems`
 */
export async function createHost<
  const RegistryName extends DriverName<'registry'> = 'file',
  const ConfigName extends DriverName<'config'> = 'file',
  const BreakerName extends DriverName<'breaker'> = never,
  const TransportName extends DriverName<'transport'> = 'http',
>(
  config?: WeftConfig<RegistryName, ConfigName, BreakerName, TransportName> | string,
  options: CreateHostOptions = {},
): Promise<Host> {
  const { signals = true, env, folder } = options;
  const around = { ...(env && { env }), ...(folder && { folder }) };
  const loaded = typeof config === 'object' ? undefined : await checkConfigFile(config, around);
  const source = loaded?.file ?? 'config';
  const checked = loaded ?? checkConfig(configSchema, config);
  const own = loaded && dirname(loaded.file);
  const blueprint = blueprintOf(source, checked, PARTS, { ...(own && { from: own }), ...options, ...(own && { folder: own }) });
  return new Host(await openSystem({ ...blueprint, isHost: true, ...(env && { env }) }), { source, signals });
}
