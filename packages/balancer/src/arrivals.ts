import type { Clock, InstanceHandle, Snapshot } from '@weft/core';
import { oncePerSnapshot } from './once-per-snapshot.js';

/** An instance that came a while ago, to a list that others stood in already. */
export class Newcomer {
  /** Instant at which it was first seen in the list. */
  readonly arrivedAt: number;
  #owed = 0;

  constructor(arrivedAt: number) {
    this.arrivedAt = arrivedAt;
  }

  /** Whether it takes this call, of all that would be its; over many calls it takes `ratio` of them, evenly spread. */
  takes(ratio: number): boolean {
    this.#owed += ratio;
    if (this.#owed < 1) return false;
    this.#owed--;
    return true;
  }
}

/** The newcomers of one list. */
export type Newcomers = Map<InstanceHandle, Newcomer>;

/** Lists that followed each other, so that somebody is found to be new who was not in the one before. */
interface Series {
  lists: number;
}

/** A list as it was taken: the last of its series, or one that others have followed since. */
interface TakenList {
  series: Series;
  /** Its number in the series. */
  place: number;
  newcomers: Newcomers;
}

interface Sighting {
  readonly series: Series;
  /** The number of the last list it was seen in. */
  readonly place: number;
  readonly newcomer: Newcomer | undefined;
}

/**
 * Finds out who came a while ago. The instances of a first list have all been there, as far as anybody knows; so have those of a
 * list that shares nobody with an earlier one. Somebody who was gone is new when it comes back. Instances are known by their
 * handles, so one balancer may serve several services.
 */
export class Arrivals {
  readonly #sightings = new WeakMap<InstanceHandle, Sighting>();
  readonly #listOf = oncePerSnapshot((from): TakenList => this.#take(from));
  readonly #windowMs: number;
  readonly #clock: Clock;

  /** @param windowMs how long somebody is new */
  constructor(windowMs: number, clock: Clock) {
    this.#windowMs = windowMs;
    this.#clock = clock;
  }

  /** Who is new in a list; worked out when it takes the place of another one. */
  newcomersOf(from: Snapshot): Newcomers {
    const list = this.#listOf(from);
    if (list.place !== list.series.lists) Object.assign(list, this.#take(from));
    return list.newcomers;
  }

  #take(from: Snapshot): TakenList {
    const newcomers: Newcomers = new Map();
    const nowMs = this.#clock.now();
    const known = this.#seriesOf(from);
    const series = known ?? { lists: 0 };
    const place = ++series.lists;
    for (const handle of from) {
      const newcomer = known && this.#newcomer(handle, known, place - 1, nowMs);
      this.#sightings.set(handle, { series, place, newcomer });
      if (newcomer) newcomers.set(handle, newcomer);
    }
    return { series, place, newcomers };
  }

  #newcomer(handle: InstanceHandle, series: Series, before: number, nowMs: number): Newcomer | undefined {
    const sighting = this.#sightings.get(handle);
    if (sighting?.series !== series || sighting.place !== before) return new Newcomer(nowMs);
    const { newcomer } = sighting;
    return newcomer && nowMs < newcomer.arrivedAt + this.#windowMs ? newcomer : undefined;
  }

  #seriesOf(from: Snapshot): Series | undefined {
    for (const handle of from) {
      const sighting = this.#sightings.get(handle);
      if (sighting) return sighting.series;
    }
    return undefined;
  }
}
