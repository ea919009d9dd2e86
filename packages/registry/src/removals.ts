import type { InstanceStatus, ServiceInstance } from '@weft/core';
import type { RegistryContext } from './registry-context.js';
import { instanceKey } from './service-info.js';

/** A record that was removed. Without an incarnation: whichever held the id. */
export interface RemovedRecord {
  readonly name: string;
  readonly id: string;
  readonly incarnation?: string;
  /** What it said last, where that is known: one that was `draining` has left on purpose. */
  readonly status?: InstanceStatus;
}

interface Removal {
  readonly incarnation: string | undefined;
  readonly settledAt: number;
}

/**
 * What this process has removed from the backend itself. A list that was begun before, and a stream that lags, go on
 * showing such a record for a moment, and whoever removed it must not find it any more. So a record of its incarnation is
 * doubted until an answer that was asked for after the driver's propagation time shows it: then somebody has put it again.
 */
export class Removals {
  /** In the order in which they settle. */
  private readonly byKey = new Map<string, Removal>();

  constructor(private readonly context: RegistryContext) {}

  /** Notes that the backend has just removed it. */
  add(record: RemovedRecord): void {
    const { clock, driver, timeoutMs } = this.context;
    const now = clock.now();
    for (const [key, { settledAt }] of this.byKey) {
      if (settledAt + timeoutMs >= now) break;
      this.byKey.delete(key);
    }
    const settledAt = now + Math.max(1, driver.supports.propagationMs);
    this.forget(record);
    this.byKey.set(instanceKey(record), { incarnation: record.incarnation, settledAt });
  }

  /** Notes that it is there again for sure. */
  forget(record: RemovedRecord): void {
    if (this.byKey.size > 0) this.byKey.delete(instanceKey(record));
  }

  /**
   * From when on an answer about this record is to be believed; undefined when this one is.
   * @param askedAt when the backend was asked; unknown for an event of a stream
   */
  doubtedUntil(record: ServiceInstance, askedAt = Number.NEGATIVE_INFINITY): number | undefined {
    const removal = this.byKey.size > 0 ? this.byKey.get(instanceKey(record)) : undefined;
    if (!removal || record.incarnation > (removal.incarnation ?? record.incarnation)) return undefined;
    if (askedAt < removal.settledAt) return removal.settledAt;
    this.forget(record);
    return undefined;
  }
}
