import type { RegistryEvent, ServiceInstance } from '@weft/core';

const MAX_SINGLE_CHANGES = 64;

/** The live records at one moment, by folder and id. */
export type Snapshot = ReadonlyMap<string, SnapshotEntry>;

/** One record of a snapshot. */
export interface SnapshotEntry {
  readonly instance: ServiceInstance;
  /** The text of its file, which tells whether it changed. */
  readonly text: string;
}

/** What leads from one snapshot to the next: single changes while they are few, else the list. */
export function changesBetween(before: Snapshot | undefined, now: Snapshot): readonly RegistryEvent[] {
  const list = () => [{ list: Array.from(now.values(), ({ instance }) => instance) }];
  if (!before) return list();
  const changes: RegistryEvent[] = [];
  for (const [key, { instance }] of before) if (!now.has(key)) changes.push({ removed: instance });
  for (const [key, { instance, text }] of now) if (before.get(key)?.text !== text) changes.push({ put: instance });
  return changes.length > MAX_SINGLE_CHANGES ? list() : changes;
}
