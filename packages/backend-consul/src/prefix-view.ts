import type { ConfigEntry, ConfigEvent } from '@weft/core';
import { type ConsulAnswer, listIn } from './consul-request.js';

const MAX_SINGLE_CHANGES = 64;

/** The entries of a prefix at one moment, by key. */
export type PrefixView = ReadonlyMap<string, ConfigEntry>;

/**
 * The entries of an answer of the key-value store, those alone whose key is `prefix` or lies below it.
 * @throws WEFT_REGISTRY_UNAVAILABLE without `failure` when it is no answer of that
 */
export function entriesOf(answer: ConsulAnswer, prefix: string): PrefixView {
  const view = new Map<string, ConfigEntry>();
  for (const pair of answer.status === 404 ? [] : listIn(answer)) {
    const entry = entryOf(pair);
    if (entry && isBelow(entry.key, prefix)) view.set(entry.key, entry);
  }
  return view;
}

/** What leads from one view to the next: the list at first and when much has changed, else single changes. */
export function changesBetween(before: PrefixView | undefined, now: PrefixView): readonly ConfigEvent[] {
  if (!before) return [{ list: [...now.values()] }];
  const changes: ConfigEvent[] = [];
  for (const key of before.keys()) if (!now.has(key)) changes.push({ removed: key });
  for (const [key, entry] of now) {
    const earlier = before.get(key);
    if (earlier?.revision !== entry.revision || earlier?.text !== entry.text) changes.push({ put: entry });
  }
  return changes.length > MAX_SINGLE_CHANGES ? [{ list: [...now.values()] }] : changes;
}

function entryOf(pair: unknown): ConfigEntry | undefined {
  const { Key: key, Value: value, ModifyIndex: revision } = (pair ?? {}) as Readonly<Record<string, unknown>>;
  // A key that ends in "/" is a folder of Consul's user interface.
  if (typeof key !== 'string' || key.endsWith('/')) return undefined;
  const text = typeof value === 'string' ? Buffer.from(value, 'base64').toString() : '';
  return { key, text, revision: String(revision) };
}

function isBelow(key: string, prefix: string): boolean {
  return prefix === '' || key === prefix || key.startsWith(`${prefix}/`);
}
