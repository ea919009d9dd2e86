import type { ServiceInstance } from '@weft/core';
import type { ProcessIdentity } from './process-identity.js';

/** What a record's file holds. */
export interface StoredRecord extends ProcessIdentity {
  /** The record itself, as it was put, unchecked. */
  readonly instance: ServiceInstance;
  /** How long it outlives the last change of its file, in ms. */
  readonly ttlMs: number;
}

/** The text of a record's file. */
export function formatStoredRecord(record: StoredRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** The content of a record's file, or undefined when it is none: half a file, or somebody else's. */
export function parseStoredRecord(text: string): StoredRecord | undefined {
  try {
    const record: unknown = JSON.parse(text);
    return isStoredRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

function isStoredRecord(value: unknown): value is StoredRecord {
  if (!isObject(value)) return false;
  const { pid, machine, ttlMs, instance } = value;
  return (
    Number.isSafeInteger(pid) && Number(pid) > 0 && typeof machine === 'string' && typeof ttlMs === 'number' && isObject(instance)
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
