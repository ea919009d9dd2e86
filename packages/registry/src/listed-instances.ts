import type { ServiceInfo } from './service-info.js';

/**
 * A full list, laid beside the records that are held by id: each of it at the place of the one that it repeats or replaces.
 * Of each id it has the one of the greatest incarnation. Quick in the order of what is held, in any other one with a map.
 */
export class ListedInstances {
  private readonly shown: (ServiceInfo | undefined)[];
  private readonly others = new Map<string, ServiceInfo>();
  private readonly all: ServiceInfo[] = [];
  private places: Map<string, number> | undefined;
  private next = 0;

  /** @param held what is laid beside it */
  constructor(private readonly held: readonly ServiceInfo[]) {
    // In one piece: filled in another order, a list that grows becomes a table.
    this.shown = new Array<ServiceInfo | undefined>(held.length).fill(undefined);
  }

  /** Every record that was added, in that order. */
  get instances(): readonly ServiceInfo[] {
    return this.all;
  }

  /** Those whose ids are not held. */
  get unheld(): Iterable<ServiceInfo> {
    return this.others.values();
  }

  /** The place among those held that an id has; -1 when it is not held. */
  placeOf(id: string): number {
    if (this.held[this.next]?.id !== id) {
      this.places ??= placesIn(this.held);
      const place = this.places.get(id);
      if (place === undefined) return -1;
      this.next = place;
    }
    return this.next++;
  }

  /** Adds a record whose id is at this place. */
  add(instance: ServiceInfo, place = this.placeOf(instance.id)): void {
    this.all.push(instance);
    const other = place < 0 ? this.others.get(instance.id) : this.shown[place];
    if (other && other.incarnation >= instance.incarnation) return;
    if (place < 0) this.others.set(instance.id, instance);
    else this.shown[place] = instance;
  }

  /** What the list shows of the one held at a place. */
  at(place: number): ServiceInfo | undefined {
    return this.shown[place];
  }

  /** The same list beside what is held by now. */
  beside(held: readonly ServiceInfo[]): ListedInstances {
    return held === this.held ? this : listedInstances(this.all, held);
  }
}

/**
 * A list of nobody. While there is one such object V8 keeps the code that it has made for all of them: else it would forget it
 * at each full collection of garbage, since lists come far apart and live shortly.
 */
export const NOBODY_LISTED = new ListedInstances([]);

/** A list that is complete. */
export function listedInstances(list: readonly ServiceInfo[], held: readonly ServiceInfo[] = []): ListedInstances {
  const listed = new ListedInstances(held);
  for (const instance of list) listed.add(instance);
  return listed;
}

function placesIn(held: readonly ServiceInfo[]): Map<string, number> {
  const places = new Map<string, number>();
  for (let place = 0; place < held.length; place++) places.set(held[place]?.id ?? '', place);
  return places;
}
