import type { ServiceInstance } from '@weft/core';
import type { InstanceHealth } from './instance-health.js';

/** What a list brought. */
export interface ListNews {
  /** Whether others are listed than before, or want traffic. */
  readonly isOther: boolean;
  /** Whether one that may be picked is chosen by other facts: weight, version, zone, tags or metadata. */
  readonly isChanged: boolean;
}

/** The instances that discovery has, each with all that is known about it. */
export class KnownInstances {
  /** All, in the order of the list in which one of them was listed for the first time, or no longer. */
  list: readonly InstanceHealth[] = [];
  private readonly byId = new Map<string, InstanceHealth>();

  /** @param begin makes what is known about an instance: nothing yet */
  constructor(private readonly begin: (instance: ServiceInstance) => InstanceHealth) {}

  /** Whether this is what is known about its instance now. */
  has(health: InstanceHealth): boolean {
    return this.byId.get(health.id) === health;
  }

  /** Takes a list over, in which each id stands once. One that is listed with a new incarnation begins with a clean slate. */
  take(instances: readonly ServiceInstance[]): ListNews {
    const before = this.list;
    let isOther = false;
    let isChanged = false;
    const list = instances.map((instance, at) => {
      // As a rule a list is nearly the one before: whoever is next in that need not be looked for.
      const next = before[at];
      const health = next?.id === instance.id ? next : this.byId.get(instance.id);
      if (health?.instance === instance) return health;
      if (health?.instance.incarnation !== instance.incarnation) {
        isOther = true;
        return this.beginAnew(instance);
      }
      const wasWanted = health.isWanted;
      if (health.accept(instance) && health.isListed) isChanged = true;
      if (wasWanted !== health.isWanted) isOther = true;
      return health;
    });
    if (isSameList(list, before)) return { isOther, isChanged };
    if (this.byId.size !== list.length) {
      this.forgetOthers(list);
      isOther = true;
    }
    // Another order alone is no news.
    if (isOther) this.list = list.filter((health) => this.has(health));
    return { isOther, isChanged };
  }

  private beginAnew(instance: ServiceInstance): InstanceHealth {
    const health = this.begin(instance);
    this.byId.get(instance.id)?.leave();
    this.byId.set(instance.id, health);
    return health;
  }

  private forgetOthers(list: readonly InstanceHealth[]): void {
    const listed = new Set(list);
    for (const health of this.byId.values()) {
      if (listed.has(health)) continue;
      health.leave();
      this.byId.delete(health.id);
    }
  }
}

/** Whether two lists have the same instances in the same order. */
export function isSameList(list: readonly InstanceHealth[], other: readonly InstanceHealth[]): boolean {
  return list.length === other.length && list.every((health, index) => health === other[index]);
}
