import type { Registry, ServiceEvent, ServiceInfo, ServiceSource } from '@weft/registry';

/** The seed's `Registry`, member by member: a channel is an async iterable that a signal ends. */
export interface SeedRegistry {
  register(service: ServiceSource): Promise<ServiceInfo>;
  deregister(service: ServiceSource): Promise<void>;
  getService(name: string): Promise<ServiceInfo>;
  listServices(): Promise<readonly ServiceInfo[]>;
  watch(name: string, options?: { readonly signal?: AbortSignal }): AsyncIterable<ServiceEvent>;
  stopWatch(name: string): Promise<void>;
}

/** Compiles only as long as our registry has all of it. */
export function asSeedRegistry(registry: Registry): SeedRegistry {
  return registry;
}
