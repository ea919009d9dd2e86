import type { RedisBackend, RedisOperation } from '@weft/backend-redis';
import {
  type OperationOptions,
  type RecordLease,
  type RegistryDriver,
  type RegistryEvent,
  type RegistrySupport,
  type ServiceInstance,
  WeftError,
} from '@weft/core';
import { followServices } from './follow-services.js';
import { ServiceTable } from './service-table.js';

/** The registry on a Redis: a hash of records for each service, and a sorted set of when their leases end. */
export class RedisRegistry implements RegistryDriver {
  readonly supports: RegistrySupport = { propagationMs: 1_000, ttlGranularityMs: 300, minTtlMs: 500, multiProcess: true };
  private readonly table: ServiceTable;
  /** The text of each record that we put last. */
  private readonly asserted = new Map<string, string>();

  constructor(
    private readonly redis: RedisBackend,
    prefix: string,
  ) {
    this.table = new ServiceTable(redis, prefix);
  }

  /** @throws WEFT_PERMISSION_DENIED when the user may not read; anything else will show when it is used */
  async assertReadable(signal: AbortSignal = new AbortController().signal): Promise<void> {
    await this.table.read('*', { signal }).catch((error: unknown) => {
      if (error instanceof WeftError && error.code === 'WEFT_PERMISSION_DENIED') throw error;
    });
  }

  async put(self: ServiceInstance, { ttlMs, signal }: OperationOptions & { readonly ttlMs: number }): Promise<RecordLease> {
    const operation = { signal, isPatient: true };
    const text = JSON.stringify(self);
    const [holder] = await Promise.all([this.assert(self, text, ttlMs, operation), this.table.remember(self.name, operation)]);
    if (holder === undefined) return { ttlMs, lost: this.redis.lost };
    throw new WeftError('WEFT_CONFLICT', `"${self.id}" of "${self.name}" is held by the greater incarnation ${holder}`);
  }

  async remove(
    { name, id, incarnation }: { readonly name: string; readonly id: string; readonly incarnation?: string },
    { signal }: OperationOptions,
  ): Promise<void> {
    this.asserted.delete(placeOf({ name, id }));
    await this.table.remove(name, id, incarnation, { signal, isPatient: true });
  }

  async list(name: string | undefined, { signal }: OperationOptions): Promise<readonly ServiceInstance[]> {
    const operation = { signal, isPatient: true };
    if (name !== undefined) return (await this.table.read(name, operation)).records;
    const names = await this.table.names(operation);
    const services = await this.table.readAll(names, operation);
    const empty = names.filter((_, at) => services[at]?.size === 0);
    // Tidying up is nobody's duty: who may not, or cannot now, has the list all the same.
    await Promise.all(empty.map((one) => this.table.forget(one, operation))).catch(() => {});
    return services.flatMap(({ records }) => records);
  }

  watch(name: string | undefined, { signal }: OperationOptions): AsyncIterable<RegistryEvent> {
    const { clock, random } = this.redis.settings;
    return followServices(this.table, name, { signal, clock, random });
  }

  close(): Promise<void> {
    return this.redis.close();
  }

  /** A beat, if this is what we put last and the server holds it still; else the record. */
  private async assert(
    self: ServiceInstance,
    text: string,
    ttlMs: number,
    operation: RedisOperation,
  ): Promise<string | undefined> {
    const place = placeOf(self);
    if (this.asserted.get(place) === text && (await this.table.beat(self, text, ttlMs, operation))) return undefined;
    this.asserted.set(place, text);
    return this.table.put(self, text, ttlMs, operation);
  }
}

function placeOf({ name, id }: { readonly name: string; readonly id: string }): string {
  return JSON.stringify([name, id]);
}
