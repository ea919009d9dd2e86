import type { ConsulBackend } from '@weft/backend-consul';
import type { Clock, OperationOptions, RecordLease, RegistryDriver, RegistryEvent, ServiceInstance } from '@weft/core';
import { type RecordName, Registrar } from './registrar.js';
import { ServiceCatalog } from './service-catalog.js';
import { changesBetween, listOf, type ServiceView } from './service-view.js';

/** A registry in Consul: an instance is a normal service of the agent that is asked, its lease a TTL check. */
export class ConsulRegistry implements RegistryDriver {
  readonly supports = { propagationMs: 2_000, ttlGranularityMs: 10, minTtlMs: 1_000, multiProcess: true };
  private readonly catalog: ServiceCatalog;
  private readonly registrar: Registrar;

  /** @param prefix stands before the name of each service in Consul */
  constructor(
    private readonly backend: ConsulBackend,
    prefix: string,
    clock: Clock,
  ) {
    this.catalog = new ServiceCatalog(backend, prefix);
    this.registrar = new Registrar({ backend, catalog: this.catalog, prefix, clock });
  }

  async put(self: ServiceInstance, { ttlMs, signal }: OperationOptions & { readonly ttlMs: number }): Promise<RecordLease> {
    await this.registrar.assert(self, ttlMs, signal);
    return { ttlMs, lost: this.backend.lost };
  }

  remove(record: RecordName, options: OperationOptions): Promise<void> {
    return this.registrar.withdraw(record, options);
  }

  async list(name: string | undefined, { signal }: OperationOptions): Promise<readonly ServiceInstance[]> {
    return listOf(await this.catalog.read(name, signal));
  }

  async *watch(name: string | undefined, { signal }: OperationOptions): AsyncGenerator<RegistryEvent> {
    let before: ServiceView | undefined;
    try {
      for await (const now of this.catalog.follow(name, signal)) {
        yield* changesBetween(before, now);
        before = now;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  close(): Promise<void> {
    return this.backend.close();
  }
}
