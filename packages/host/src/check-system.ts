import { dirname, resolve } from 'node:path';
import { type Problem, type Slots, WeftError } from '@weft/core';
import type { Blueprint, Part } from './blueprint.js';
import { blueprintOf } from './create-options.js';
import { findConfig } from './find-config.js';
import { checkConfigFile, type LoadConfigOptions } from './load-config.js';
import { loadDrivers } from './load-drivers.js';
import { type LoadedSystem, loadSystem } from './load-system.js';
import { planDrivers, planPlugins } from './plan-drivers.js';

/** A driver that a host would open. */
export interface CheckedDriver {
  /** The slot that it fills. */
  readonly slot: keyof Slots;
  /** Its own name. */
  readonly name: string;
  /** Path in the config that asks for it. */
  readonly path: string;
  /** The file of its module; absolute. */
  readonly file: string;
}

/** What `createHost` would do with a config file. */
export interface SystemCheck {
  /** The config file; absolute. */
  readonly file: string;
  /** In the order in which they would be opened; with problems, those that are in order, as the config names them. */
  readonly drivers: readonly CheckedDriver[];
  /** Slots that stay empty because their default is not installed and nobody asks for them, and why. */
  readonly absent: readonly { readonly slot: keyof Slots; readonly message: string }[];
  /** All that keeps `createHost` from opening it; empty when it would. */
  readonly problems: readonly Problem[];
  /** Packages that the config asks for and that are not installed, as `pnpm add` takes them. */
  readonly missing: readonly string[];
}

const PARTS: readonly Part[] = ['registry', 'config', 'client', 'service', 'tracing', 'metrics', 'logging', 'plugins'];

/** As `resolvePackage` ends its message. */
const INSTALL = /Run: pnpm add (\S+)/;

/**
 * Reads the config at `path`, or the `weft.config.*` nearest to the folder, loads and checks what it names, and opens
 * nothing: all that is wrong is in the result.
 * @throws WEFT_CONFIG_NOT_FOUND
 */
export async function checkSystem(path?: string, options: LoadConfigOptions = {}): Promise<SystemCheck> {
  const { folder = process.cwd() } = options;
  const file = path === undefined ? findConfig(folder) : resolve(folder, path);
  const { problems, drivers, absent } = await survey(file, options);
  return {
    file,
    drivers: drivers.map((driver) => ({ slot: driver.slot, name: driver.name, path: driver.path, file: driver.file })),
    absent: [...absent].map(([slot, { message }]) => ({ slot, message })),
    problems,
    missing: [...new Set(problems.flatMap(({ message }) => INSTALL.exec(message)?.[1] ?? []))],
  };
}

/** What can be told of a config, whether it is in order or not. */
type Survey = Pick<LoadedSystem, 'drivers' | 'absent'> & Pick<SystemCheck, 'problems'>;

async function survey(file: string, options: LoadConfigOptions): Promise<Survey> {
  const checked = await problemsOr(() => checkConfigFile(file, options));
  if ('failed' in checked) return { problems: checked.failed, drivers: [], absent: new Map() };
  const { env } = options;
  const around = { from: file, folder: dirname(file) };
  const blueprint: Blueprint = { ...blueprintOf(file, checked, PARTS, around), isHost: true, ...(env && { env }) };
  const loaded = await problemsOr(() => loadSystem(blueprint));
  if (!('failed' in loaded)) return { ...loaded, problems: [] };
  const { config, folders, fromEnv } = blueprint;
  const usable = await loadDrivers([...planDrivers(blueprint), ...planPlugins(config)], folders, fromEnv);
  return { drivers: usable.drivers, absent: usable.absent, problems: loaded.failed };
}

async function problemsOr<T>(run: () => Promise<T>): Promise<T | { readonly failed: readonly Problem[] }> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof WeftError && error.problems) return { failed: error.problems };
    throw error;
  }
}
