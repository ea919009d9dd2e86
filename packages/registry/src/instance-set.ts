import type { ServiceInfo } from './service-info.js';

/** One difference between two states of a service's list. */
export interface InstanceChange {
  readonly type: 'added' | 'updated' | 'removed';
  /** The record as it is now; of a removed one, as it was last. */
  readonly instance: ServiceInfo;
}

/** The records of one service by id. Of two records under one id the greater incarnation wins. */
export class InstanceSet {
  private readonly byId = new Map<string, ServiceInfo>();
  private list: readonly ServiceInfo[] | undefined;

  /** All records; the same array until something changes. */
  get instances(): readonly ServiceInfo[] {
    this.list ??= Object.freeze([...this.byId.values()]);
    return this.list;
  }

  /** The record of an id. */
  get(id: string): ServiceInfo | undefined {
    return this.byId.get(id);
  }

  /** Those that a full list does not show, those in `kept` apart. */
  missing(list: readonly ServiceInfo[], kept: ReadonlySet<string>): ServiceInfo[] {
    const listed = new Set(list.map(({ id }) => id));
    return [...this.byId.values()].filter(({ id }) => !listed.has(id) && !kept.has(id));
  }

  /** Takes over a full list, empty ones too. Ids in `kept` stay as they are, listed or not. */
  replace(list: readonly ServiceInfo[], kept: ReadonlySet<string>): InstanceChange[] {
    const listed = new Map<string, ServiceInfo>();
    for (const instance of list) {
      const other = listed.get(instance.id);
      if (!other || other.incarnation < instance.incarnation) listed.set(instance.id, instance);
    }
    const changes: InstanceChange[] = [];
    for (const [id, held] of this.byId) {
      if (!listed.has(id) && !kept.has(id)) changes.push(this.drop(held));
    }
    for (const instance of listed.values()) {
      const change = kept.has(instance.id) ? undefined : this.store(instance);
      if (change) changes.push(change);
    }
    return changes;
  }

  /** Takes over one record, unless a newer incarnation is held. */
  put(instance: ServiceInfo): InstanceChange | undefined {
    const held = this.byId.get(instance.id);
    return held && held.incarnation > instance.incarnation ? undefined : this.store(instance);
  }

  /** Drops a record, unless a newer incarnation than the given one is held. */
  remove(id: string, incarnation?: string): InstanceChange | undefined {
    const held = this.byId.get(id);
    if (!held || (incarnation !== undefined && held.incarnation > incarnation)) return undefined;
    return this.drop(held);
  }

  private store(instance: ServiceInfo): InstanceChange | undefined {
    const held = this.byId.get(instance.id);
    if (held && isSameInstance(held, instance)) return undefined;
    this.byId.set(instance.id, instance);
    this.list = undefined;
    return { type: held ? 'updated' : 'added', instance };
  }

  private drop(instance: ServiceInfo): InstanceChange {
    this.byId.delete(instance.id);
    this.list = undefined;
    return { type: 'removed', instance };
  }
}

function isSameInstance(a: ServiceInfo, b: ServiceInfo): boolean {
  return (
    a.incarnation === b.incarnation &&
    a.name === b.name &&
    a.status === b.status &&
    a.host === b.host &&
    a.version === b.version &&
    a.weight === b.weight &&
    a.zone === b.zone &&
    a.healthPath === b.healthPath &&
    isSameList(a.tags, b.tags, (left, right) => left === right) &&
    isSameList(a.endpoints, b.endpoints, (left, right) => left.port === right.port && left.protocol === right.protocol) &&
    isSameRecord(a.metadata, b.metadata)
  );
}

function isSameList<T>(a: readonly T[], b: readonly T[], isSame: (left: T, right: T) => boolean): boolean {
  return a.length === b.length && a.every((left, at) => isSame(left, b[at] as T));
}

function isSameRecord(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
