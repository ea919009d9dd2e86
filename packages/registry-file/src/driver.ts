import { join, resolve } from 'node:path';
import { type Clock, type Driver, type RegistryDriver, systemClock } from '@weft/core';
import { FileRegistry } from './file-registry.js';
import { type FileRegistryOptions, fileRegistryOptions } from './options.js';
import { defaultWeftFolder } from './weft-folder.js';

/**
 * Opens the registry of one machine: files in a folder, no server. A folder that cannot be used yet is no failure here;
 * operations reject until it can. TTLs run on `clock`.
 */
export async function openFileRegistry(
  { path, address }: FileRegistryOptions = {},
  clock: Clock = systemClock,
): Promise<RegistryDriver> {
  const given = path ?? address;
  const base = given === undefined ? defaultWeftFolder(process.cwd(), process.env) : resolve(given);
  const registry = new FileRegistry(join(base, 'registry'), clock);
  await registry.prepare();
  return registry;
}

/** The driver `file` of the slot `registry`. */
const driver: Driver<'registry', FileRegistryOptions> = {
  contract: 1,
  slot: 'registry',
  name: 'file',
  options: fileRegistryOptions,
  async open({ path, address }, { clock, folder }) {
    const given = path ?? address;
    const value = await openFileRegistry(given === undefined ? {} : { path: resolve(folder, given) }, clock);
    return { value, stop: () => value.close() };
  },
};

export default driver;
