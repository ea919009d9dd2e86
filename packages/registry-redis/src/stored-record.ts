import type { ServiceInstance } from '@weft/core';

/**
 * The record that a field of a service's hash holds. Where it stands tells its service and its id; the rest is passed on
 * as it is, and what is no object as a record with nothing but its id: `Registry` refuses it by that name.
 */
export function parseStoredRecord(name: string, id: string, text: string): ServiceInstance {
  const record = parsed(text);
  return { ...(typeof record === 'object' && !Array.isArray(record) ? record : undefined), id, name } as ServiceInstance;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
