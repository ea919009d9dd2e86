import type { RegistryEvent, ServiceInstance } from '@weft/core';

const MAX_SINGLE_CHANGES = 64;

/** The live records at one moment, by folder and id. */
export type Snapshot = ReadonlyMap<string, SnapshotEntry>;

/** One record of a snapshot. */
export interface SnapshotEntry {
  readonly instance: ServiceInstance;
  /** The text of its file, which tells whether it changed. */
  readonly text: string;
  /** Whether it is there only to say that it has left on purpose. */
  readonly hasLeft: boolean;
}

/** The instances of a snapshot. */
export function listOf(snapshot: Snapshot): ServiceInstance[] {
  return [...snapshot.values()].filter(({ hasLeft }) => !hasLeft).map(({ instance }) => instance);
}

/**
 * What leads from one snapshot to the next: who has left, then single changes while they are few, else the list. Several
 * that vanished together are told as a list, so that a reader sees that they did.
 */
export function changesBetween(before: Snapshot | undefined, now: Snapshot): readonly RegistryEvent[] {
  if (!before) return [{ list: listOf(now) }];
  let vanished = 0;
  const left: RegistryEvent[] = [];
  const changes: RegistryEvent[] = [];
  for (const [key, { instance, hasLeft }] of before) {
    const after = now.get(key);
    if (hasLeft || (after && !after.hasLeft)) continue;
    if (after) {
      left.push({ removed: after.instance });
    } else {
      vanished++;
      changes.push({ removed: instance });
    }
  }
  for (const [key, { instance, text, hasLeft }] of now) {
    const earlier = before.get(key);
    if (!hasLeft && (earlier?.text !== text || earlier.hasLeft)) changes.push({ put: instance });
  }
  return vanished > 1 || changes.length > MAX_SINGLE_CHANGES ? [...left, { list: listOf(now) }] : [...left, ...changes];
}
