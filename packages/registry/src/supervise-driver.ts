import type { OperationOptions, RegistryDriver, RegistryEvent, ServiceInstance } from '@weft/core';
import { bounded } from '@weft/resilience';
import { Refusals } from './refusals.js';
import { Registry } from './registry.js';
import { createContext } from './registry-context.js';
import type { RegistryOptions } from './registry-options.js';

/**
 * `driver` as `Registry` uses it, in the form of a driver: every operation bounded, every record checked, one upstream
 * per watched service that is opened again for ever. For running `registrySuite` through the supervision, and for those
 * who want it without `Registry`. Beats stay the caller's; a watch of all services goes straight to the driver;
 * self-preservation is off unless it is asked for.
 */
export function superviseDriver(driver: RegistryDriver, options: RegistryOptions = {}): RegistryDriver {
  const given = { selfPreservation: false as const, ...options };
  const registry = new Registry(driver, given);
  const context = createContext(driver, given, () => {});
  const refusals = new Refusals(context);
  const within = <T>(what: string, { signal }: OperationOptions, run: (signal: AbortSignal) => Promise<T>) =>
    bounded(run, { ...context, what, signal });

  async function* follow(name: string, { signal }: OperationOptions): AsyncGenerator<RegistryEvent> {
    for await (const { type, instance, instances } of registry.watch(name, { signal })) {
      if (!instance) yield { list: instances };
      else yield type === 'removed' ? { removed: instance } : { put: instance };
    }
  }

  return {
    supports: driver.supports,
    put: (self: ServiceInstance, put) =>
      within(`registering "${self.id}"`, put, (signal) => driver.put(self, { ...put, signal })),
    remove: (self, remove) => within(`removing "${self.id}"`, remove, (signal) => driver.remove(self, { signal })),
    async list(name, list) {
      const records = await within('listing', list, (signal) => driver.list(name, { signal }));
      return records.map((record) => refusals.check(record, name)).filter((record) => record !== undefined);
    },
    watch: (name, watch) => (name === undefined ? driver.watch(name, watch) : follow(name, watch)),
    close: () => registry.close(),
  };
}
