import type { Endpoint, ServiceInstance } from '@weft/core';

/** A record of a backend, of which nothing is known yet. */
export type RawRecord = { readonly [Field in keyof ServiceInstance]?: unknown };

/** Whether a record says in each field what a good one says. One that leaves a field to its default does not. */
export function isSameInstance(record: RawRecord, instance: ServiceInstance): boolean {
  return (
    record.id === instance.id &&
    record.incarnation === instance.incarnation &&
    record.status === instance.status &&
    record.weight === instance.weight &&
    record.host === instance.host &&
    record.name === instance.name &&
    record.version === instance.version &&
    record.zone === instance.zone &&
    record.healthPath === instance.healthPath &&
    isSameList(record.tags, instance.tags) &&
    isSameEndpoints(record.endpoints, instance.endpoints) &&
    isSameMetadata(record.metadata, instance.metadata)
  );
}

/** Whether a value is the same list of texts. */
export function isSameList(value: unknown, list: readonly string[]): boolean {
  if (value === list) return true;
  if (!Array.isArray(value) || value.length !== list.length) return false;
  for (let at = 0; at < list.length; at++) if (value[at] !== list[at]) return false;
  return true;
}

/** Whether a value is the same list of endpoints. */
export function isSameEndpoints(value: unknown, endpoints: readonly Endpoint[]): boolean {
  if (value === endpoints) return true;
  if (!Array.isArray(value) || value.length !== endpoints.length) return false;
  for (let at = 0; at < endpoints.length; at++) {
    if (value[at]?.port !== endpoints[at]?.port || value[at]?.protocol !== endpoints[at]?.protocol) return false;
  }
  return true;
}

/** Whether a value has the same texts under the same keys. */
export function isSameMetadata(value: unknown, metadata: Readonly<Record<string, string>>): boolean {
  if (value === metadata) return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const texts = value as Readonly<Record<string, unknown>>;
  let keys = 0;
  for (const key in metadata) {
    if (!Object.hasOwn(texts, key) || texts[key] !== metadata[key]) return false;
    keys++;
  }
  return Object.keys(texts).length === keys;
}
