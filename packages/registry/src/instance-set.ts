import { isSameInstance } from './is-same-instance.js';
import type { ListedInstances } from './listed-instances.js';
import type { ServiceInfo } from './service-info.js';

/** One difference between two states of a service's list. */
export interface InstanceChange {
  readonly type: 'added' | 'updated' | 'removed';
  /** The record as it is now; of a removed one, as it was last. */
  readonly instance: ServiceInfo;
}

const NOBODY: readonly ServiceInfo[] = Object.freeze([]);

/**
 * The records of one service. They lie in one list by id, which is copied at each change and serves as its own index: a map
 * beside it would be much larger than the list, and slower to copy.
 */
export class InstanceSet {
  private list = NOBODY;
  /** Where the last id was that was looked for: who has looked for one mostly puts or removes it next. */
  private found = 0;

  /** All records, by id; the same array until something changes. */
  get instances(): readonly ServiceInfo[] {
    return this.list;
  }

  /** The record of an id. */
  get(id: string): ServiceInfo | undefined {
    this.found = this.search(id);
    const held = this.list[this.found];
    return held?.id === id ? held : undefined;
  }

  /** Those that a full list does not show, those in `kept` apart. */
  missing(listed: ListedInstances, kept: ReadonlySet<string>): ServiceInfo[] {
    const laid = listed.beside(this.list);
    return this.list.filter(({ id }, at) => !laid.at(at) && !kept.has(id));
  }

  /** Takes over a full list, empty ones too. Ids in `kept` stay as they are, listed or not. */
  replace(listed: ListedInstances, kept: ReadonlySet<string>): InstanceChange[] {
    const laid = listed.beside(this.list);
    const changes: InstanceChange[] = [];
    const list: ServiceInfo[] = [];
    let at = 0;
    for (const held of this.list) {
      const instance = laid.at(at++);
      if (instance === held || kept.has(held.id) || (instance && isSameInstance(instance, held))) {
        list.push(held);
      } else if (instance) {
        changes.push({ type: 'updated', instance });
        list.push(instance);
      } else {
        changes.push({ type: 'removed', instance: held });
      }
    }
    const added = [...laid.unheld].filter(({ id }) => !kept.has(id));
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
    if (this.list[this.found]?.id !== id) this.found = this.search(id);
    return this.found;
  }

  private search(id: string): number {
    let [from, to] = [0, this.list.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.list[middle]?.id ?? '') < id) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

function byId(a: ServiceInfo, b: ServiceInfo): number {
  return a.id < b.id ? -1 : 1;
}
