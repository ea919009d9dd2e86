import { isSameInstance } from './is-same-instance.js';
import type { ServiceInfo } from './service-info.js';

/** One difference between two states of a service's list. */
export interface InstanceChange {
  readonly type: 'added' | 'updated' | 'removed';
  /** The record as it is now; of a removed one, as it was last. */
  readonly instance: ServiceInfo;
}

/** The records of a full list by id, of each id the one of the greatest incarnation. */
export type ListedInstances = ReadonlyMap<string, ServiceInfo>;

const NOBODY: readonly ServiceInfo[] = Object.freeze([]);

/**
 * The records of one service. They lie in one list by id, which is copied at each change and serves as its own index: a map
 * beside it would be much larger than the list, and slower to copy.
 */
export class InstanceSet {
  private list = NOBODY;

  /** All records, by id; the same array until something changes. */
  get instances(): readonly ServiceInfo[] {
    return this.list;
  }

  /** The record of an id. */
  get(id: string): ServiceInfo | undefined {
    const held = this.list[this.placeOf(id)];
    return held?.id === id ? held : undefined;
  }

  /** Finds as `get` does, for whoever looks for many: quickly in the order of the list, in any other one with a map. */
  finder(): (id: string) => ServiceInfo | undefined {
    const { list } = this;
    let next = 0;
    let byId: ListedInstances | undefined;
    return (id) => {
      const held = list[next];
      if (held?.id === id) {
        next++;
        return held;
      }
      byId ??= listedInstances(list);
      return byId.get(id);
    };
  }

  /** Those that a full list does not show, those in `kept` apart. */
  missing(listed: ListedInstances, kept: ReadonlySet<string>): ServiceInfo[] {
    return this.list.filter(({ id }) => !listed.has(id) && !kept.has(id));
  }

  /** Takes over a full list, empty ones too. Ids in `kept` stay as they are, listed or not. */
  replace(listed: ListedInstances, kept: ReadonlySet<string>): InstanceChange[] {
    const changes: InstanceChange[] = [];
    const list: ServiceInfo[] = [];
    let shown = 0;
    for (const held of this.list) {
      const instance = listed.get(held.id);
      if (instance) shown++;
      if (kept.has(held.id) || instance === held || (instance && isSameInstance(instance, held))) {
        list.push(held);
      } else if (instance) {
        changes.push({ type: 'updated', instance });
        list.push(instance);
      } else {
        changes.push({ type: 'removed', instance: held });
      }
    }
    const added = shown < listed.size ? [...listed.values()].filter(({ id }) => !this.get(id) && !kept.has(id)) : NOBODY;
    for (const instance of added) changes.push({ type: 'added', instance });
    if (changes.length > 0) this.list = Object.freeze(added.length > 0 ? list.concat(added).sort(byId) : list);
    return changes;
  }

  /** Takes over one record, unless a newer incarnation is held. */
  put(instance: ServiceInfo): InstanceChange | undefined {
    const at = this.placeOf(instance.id);
    const held = this.list[at]?.id === instance.id ? this.list[at] : undefined;
    if (held && (held.incarnation > instance.incarnation || isSameInstance(instance, held))) return undefined;
    const list = [...this.list];
    if (held) list[at] = instance;
    else list.splice(at, 0, instance);
    this.list = Object.freeze(list);
    return { type: held ? 'updated' : 'added', instance };
  }

  /** Drops a record, unless a newer incarnation than the given one is held. */
  remove(id: string, incarnation?: string): InstanceChange | undefined {
    const at = this.placeOf(id);
    const instance = this.list[at];
    if (instance?.id !== id || (incarnation !== undefined && instance.incarnation > incarnation)) return undefined;
    const list = [...this.list];
    list.splice(at, 1);
    this.list = Object.freeze(list);
    return { type: 'removed', instance };
  }

  /** Where an id is, or would be. */
  private placeOf(id: string): number {
    let [from, to] = [0, this.list.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.list[middle]?.id ?? '') < id) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** The records of a full list, ready to be taken over. */
export function listedInstances(list: readonly ServiceInfo[]): ListedInstances {
  const listed = new Map<string, ServiceInfo>();
  for (const instance of list) {
    const other = listed.get(instance.id);
    if (!other || other.incarnation < instance.incarnation) listed.set(instance.id, instance);
  }
  return listed;
}

function byId(a: ServiceInfo, b: ServiceInfo): number {
  return a.id < b.id ? -1 : 1;
}
