import { isSameInstance } from './is-same-instance.js';
import type { ServiceInfo } from './service-info.js';

/** One difference between two states of a service's list. */
export interface InstanceChange {
  readonly type: 'added' | 'updated' | 'removed';
  /** The record as it is now; of a removed one, as it was last. */
  readonly instance: ServiceInfo;
}

const NOBODY: readonly ServiceInfo[] = Object.freeze([]);

/**
 * The records of one service, of two under one id the one of the greater incarnation. They lie in one list by id, which is
 * copied at each change and serves as its own index: a map beside it would be as large as the list and half as fast to copy.
 */
export class InstanceSet {
  private list: readonly ServiceInfo[] = NOBODY;
  /** Where the next one that is asked for probably is: whoever lists asks for one after the other. */
  private next = 0;

  /** All records, by id; the same array until something changes. */
  get instances(): readonly ServiceInfo[] {
    return this.list;
  }

  /** The record of an id. */
  get(id: string): ServiceInfo | undefined {
    const at = this.list[this.next]?.id === id ? this.next : this.placeOf(id);
    const held = this.list[at];
    if (held?.id !== id) return undefined;
    this.next = at + 1;
    return held;
  }

  /** Those that a list of `sortedById` does not show, those in `kept` apart. */
  missing(sorted: readonly ServiceInfo[], kept: ReadonlySet<string>): ServiceInfo[] {
    let at = 0;
    return this.list.filter((held) => {
      while (isBefore(sorted[at], held)) at++;
      return sorted[at]?.id !== held.id && !kept.has(held.id);
    });
  }

  /** Takes over a full list of `sortedById`, empty ones too. Ids in `kept` stay as they are, listed or not. */
  replace(sorted: readonly ServiceInfo[], kept: ReadonlySet<string>): InstanceChange[] {
    const gone = this.missing(sorted, kept);
    const changes: InstanceChange[] = gone.map((instance) => ({ type: 'removed', instance }));
    const list: ServiceInfo[] = [];
    let at = 0;
    for (const instance of sorted) {
      for (let held = this.list[at]; held && isBefore(held, instance); held = this.list[++at]) {
        if (kept.has(held.id)) list.push(held);
      }
      const held = this.list[at]?.id === instance.id ? this.list[at++] : undefined;
      const isKept = kept.has(instance.id) || (held && isSameInstance(instance, held));
      if (!isKept) changes.push({ type: held ? 'updated' : 'added', instance });
      const stays = isKept ? held : instance;
      if (stays) list.push(stays);
    }
    for (const held of this.list.slice(at)) if (kept.has(held.id)) list.push(held);
    if (changes.length > 0) this.list = Object.freeze(list);
    return changes;
  }

  /** Takes over one record, unless a newer incarnation is held. */
  put(instance: ServiceInfo): InstanceChange | undefined {
    const at = this.placeOf(instance.id);
    const held = this.list[at]?.id === instance.id ? this.list[at] : undefined;
    if (held && (held.incarnation > instance.incarnation || isSameInstance(instance, held))) return undefined;
    const list = [...this.list];
    list.splice(at, held ? 1 : 0, instance);
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

/** A list by id, with the greater incarnation of each. As a rule it is so already. */
export function sortedById(list: readonly ServiceInfo[]): readonly ServiceInfo[] {
  if (list.every((instance, at) => at === 0 || isBefore(list[at - 1], instance))) return list;
  const sorted = [...list].sort((a, b) => (a.id === b.id ? order(b.incarnation, a.incarnation) : order(a.id, b.id)));
  return sorted.filter(({ id }, at) => sorted[at - 1]?.id !== id);
}

function isBefore(a: ServiceInfo | undefined, b: ServiceInfo): boolean {
  return a !== undefined && a.id < b.id;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
