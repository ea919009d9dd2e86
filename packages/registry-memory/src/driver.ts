import { type Clock, type Driver, type RegistryDriver, systemClock } from '@weft/core';
import { MemoryRegistry } from './memory-registry.js';
import { joinStore } from './memory-store.js';
import { type MemoryRegistryOptions, memoryRegistryOptions } from './options.js';

/**
 * Opens a registry that lives in this process: two opens of one address see each other, other processes do not. The
 * store goes when the last of them is closed. TTLs run on `clock`.
 */
export async function openMemoryRegistry(
  { address = 'default' }: MemoryRegistryOptions = {},
  clock: Clock = systemClock,
): Promise<RegistryDriver> {
  return new MemoryRegistry(joinStore(address), clock);
}

/** The driver `memory` of the slot `registry`. */
const driver: Driver<'registry', MemoryRegistryOptions> = {
  contract: 1,
  slot: 'registry',
  name: 'memory',
  options: memoryRegistryOptions,
  async open(options, { clock }) {
    const value = await openMemoryRegistry(options, clock);
    return { value, stop: () => value.close() };
  },
};

export default driver;
