import { instanceRecord } from '@weft/conformance';
import type { ServiceInstance } from '@weft/core';
import type { DriverOptions } from './backend.js';
import type { FaultStage } from './fault-row.js';

const LONG_MS = 600_000;
const AT_ONCE = 25;
const WITHIN_MS = 10_000;

/** Somebody else who writes records, through a driver of its own. */
export interface RecordWriter {
  /** Writes one that lives for 10 min. */
  put(id: string, name: string, change?: Partial<ServiceInstance>): Promise<void>;
  /** Writes many. */
  putAll(records: readonly ServiceInstance[]): Promise<void>;
  /** Removes one. */
  remove(id: string, name: string): Promise<void>;
  /** Ids of a service, sorted, as the server says now. */
  ids(name: string): Promise<string>;
}

/** A writer that reaches the server past every proxy, unless `options` say another way. */
export async function recordWriter({ backend }: FaultStage, options: DriverOptions = {}): Promise<RecordWriter> {
  const driver = await backend.openRegistryDriver({ address: backend.server.address, ...options });
  const signal = () => AbortSignal.timeout(WITHIN_MS);
  const write = async (record: ServiceInstance) => {
    await driver.put(record, { ttlMs: LONG_MS, signal: signal() });
  };
  return {
    put: (id, name, change = {}) => write(instanceRecord(id, { name, ...change })),
    async putAll(records) {
      for (let from = 0; from < records.length; from += AT_ONCE)
        await Promise.all(records.slice(from, from + AT_ONCE).map(write));
    },
    remove: (id, name) => driver.remove({ id, name }, { signal: signal() }),
    async ids(name) {
      const records = await driver.list(name, { signal: signal() });
      return records
        .map(({ id }) => id)
        .sort()
        .join();
    },
  };
}
