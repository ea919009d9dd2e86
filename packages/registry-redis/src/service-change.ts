import type { ServiceInstance } from '@weft/core';

/** One change of a service, as it is told on its channel. */
export interface ServiceChange {
  /** Number of the change before. */
  readonly previous: number;
  /** Number of this change. */
  readonly version: number;
  /** By when the record that is new expires if nothing prolongs it. */
  readonly ttlMs?: number;
  /** The record that is new. */
  readonly put?: ServiceInstance;
  /** Ids of records that have gone. */
  readonly removed?: readonly string[];
}

/** The change that a message tells; undefined when it is none of ours. */
export function parseChange(text: string): ServiceChange | undefined {
  try {
    const change: unknown = JSON.parse(text);
    return isChange(change) ? change : undefined;
  } catch {
    return undefined;
  }
}

function isChange(value: unknown): value is ServiceChange {
  if (typeof value !== 'object' || value === null || !('previous' in value) || !('version' in value)) return false;
  const { previous, version } = value;
  if (typeof previous !== 'number' || typeof version !== 'number') return false;
  if ('ttlMs' in value && typeof value.ttlMs !== 'number') return false;
  if ('put' in value) return typeof value.put === 'object' && value.put !== null;
  return 'removed' in value && Array.isArray(value.removed) && value.removed.every((id) => typeof id === 'string');
}
