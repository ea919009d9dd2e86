import type { Driver, Slots } from '@weft/core';
import { checkDriver } from './check-driver.js';
import { importModule } from './import-module.js';
import { KNOWN_DRIVERS } from './known-drivers.js';
import { packageOf, resolvePackage } from './resolve-driver.js';

/** Those of Weft's own drivers that can be loaded from one of `folders`, in the order of `KNOWN_DRIVERS`; opens none. */
export async function installedDrivers(folders: readonly string[]): Promise<readonly Driver[]> {
  const slots = Object.entries(KNOWN_DRIVERS) as [keyof Slots, readonly string[]][];
  const words = slots.flatMap(([slot, names]) => names.map((name) => ({ slot, name })));
  const drivers = await Promise.all(words.map(({ slot, name }) => installedDriver(slot, name, folders)));
  return drivers.filter((driver) => driver !== undefined);
}

async function installedDriver(slot: keyof Slots, name: string, folders: readonly string[]): Promise<Driver | undefined> {
  const origin = packageOf(slot, name);
  const resolved = resolvePackage(origin, '', folders, origin);
  if (!('file' in resolved)) return undefined;
  const exported = await importModule(resolved.file).catch(() => undefined);
  const checked = checkDriver(exported, { path: '', origin, slot, name });
  return 'driver' in checked ? checked.driver : undefined;
}
