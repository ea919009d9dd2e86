import { messageOf, type ServiceInstance } from '@weft/core';
import { parseInstance } from './parse-instance.js';
import type { RegistryContext } from './registry-context.js';
import type { ServiceInfo } from './service-info.js';
import { SharedParts } from './shared-parts.js';

const MAX_REMEMBERED = 1_000;
const MAX_ID = 256;

/** Checks the records of a backend and tells of each distinct one that is refused, once. */
export class Refusals {
  private readonly told = new Set<string>();
  private readonly shared = new SharedParts();

  constructor(private readonly context: RegistryContext) {}

  /**
   * The record, checked, or undefined when it is refused. `name` is the service it was listed for, if it was for one;
   * `like` a good record that it probably resembles.
   */
  check(record: ServiceInstance, name?: string, like?: ServiceInfo): ServiceInfo | undefined {
    try {
      const instance = parseInstance(record, name, { like, shared: this.shared });
      return instance === like || this.allows(instance) ? instance : undefined;
    } catch (error) {
      this.refuse(name ?? textOf(record, 'name'), textOf(record, 'id'), messageOf(error));
      return undefined;
    }
  }

  /** Whether an instance may be where it is; told like any refusal when it may not. */
  allows({ name, id, host }: ServiceInfo): boolean {
    const { allowedAddresses } = this.context;
    if (!allowedAddresses || allowedAddresses.has(host)) return true;
    this.refuse(name, id, `host: ${JSON.stringify(host)} is not in allowedAddresses`);
    return false;
  }

  private refuse(name: string, id: string, reason: string): void {
    const key = JSON.stringify([name, id, reason]);
    if (this.told.has(key)) return;
    if (this.told.size >= MAX_REMEMBERED) this.told.clear();
    this.told.add(key);
    const { logger, metrics, tell } = this.context;
    metrics.increment('registry.records.refused', { service: name });
    logger.warn('record refused', { service: name, id, reason });
    tell('record.refused', { name, id, reason });
  }
}

/** A text field of anything at all; `?` when it has none. */
export function textOf(record: unknown, field: 'id' | 'name'): string {
  const value: unknown =
    typeof record === 'object' && record !== null && field in record ? Reflect.get(record, field) : undefined;
  return typeof value === 'string' ? value.slice(0, MAX_ID) : '?';
}
