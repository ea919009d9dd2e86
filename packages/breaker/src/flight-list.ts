import type { InstanceHandle } from '@weft/core';

/** A call that is under way to one instance. */
export class Flight {
  /** The flight to the same instance that began before this one. */
  older: Flight | undefined;
  /** The flight to the same instance that began after this one. */
  newer: Flight | undefined;
  /** Whether it has been ended. */
  isOver = false;

  constructor(
    /** Where the call goes. */
    readonly handle: InstanceHandle,
    /** Instant at which it began, in ms of the clock. */
    readonly startedAt: number,
  ) {}
}

/** The flights to one instance, oldest first; adding and removing take the same time however many there are. */
export class FlightList {
  #newest: Flight | undefined;
  #oldest: Flight | undefined;
  #size = 0;

  /** The one that began first. */
  get oldest(): Flight | undefined {
    return this.#oldest;
  }

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** Adds one that begins now. */
  add(flight: Flight): void {
    flight.older = this.#newest;
    if (this.#newest) this.#newest.newer = flight;
    else this.#oldest = flight;
    this.#newest = flight;
    this.#size++;
  }

  /** Takes one out that is over. */
  remove(flight: Flight): void {
    if (flight.older) flight.older.newer = flight.newer;
    else this.#oldest = flight.newer;
    if (flight.newer) flight.newer.older = flight.older;
    else this.#newest = flight.older;
    flight.older = undefined;
    flight.newer = undefined;
    this.#size--;
  }
}
