import type { ServiceInstance } from '@weft/core';
import type { RecordName } from './record-key.js';

/** The text of a record: its JSON, for people and other tools too. */
export function formatRecord(instance: ServiceInstance): string {
  return JSON.stringify(instance);
}

/**
 * The record of a text, unchecked; for one that is none, or that of another key, a record with only a name and an id,
 * which readers refuse.
 */
export function parseRecord(text: string, { name, id }: RecordName): ServiceInstance {
  const bare: object = { name, id };
  const record = parseObject(text);
  return (record?.name === name && record.id === id ? record : bare) as ServiceInstance;
}

/** The incarnation that a text claims, if it does. */
export function incarnationOf(text: string): string | undefined {
  const incarnation = parseObject(text)?.incarnation;
  return typeof incarnation === 'string' ? incarnation : undefined;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
