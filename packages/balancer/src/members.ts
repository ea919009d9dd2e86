import type { InstanceHandle, Picked, PickRequest, Snapshot } from '@weft/core';
import { HashRing } from './hash-ring.js';
import { hashText } from './hash-text.js';

/** Points looked at before the whole list is: who is further away has nothing to do with the key any more. */
const LONGEST_WALK = 256;

/** The calls in flight to one instance. */
export class HeldCalls {
  /** The instance. */
  readonly instance: InstanceHandle;
  /** How many there are. */
  inFlight = 0;
  /** The list that it stands in now. */
  members: Members | undefined;

  constructor(instance: InstanceHandle) {
    this.instance = instance;
  }

  /** One more, or one less. */
  add(calls: 1 | -1): void {
    this.inFlight += calls;
    if (this.members) this.members.inFlight += calls;
  }
}

/** The instances of one list with their calls in flight, on the ring of their hashes. */
export class Members {
  /** Calls in flight to all of them. */
  inFlight = 0;
  readonly #from: Snapshot;
  readonly #held: readonly HeldCalls[];
  #ring: HashRing | undefined;

  /** @param heldBy the calls in flight of everybody who is known; calls outlive the list in which they began */
  constructor(from: Snapshot, heldBy: WeakMap<InstanceHandle, HeldCalls>) {
    this.#from = from;
    this.#held = from.map((instance) => {
      const held = heldBy.get(instance) ?? new HeldCalls(instance);
      heldBy.set(instance, held);
      this.#take(held);
      return held;
    });
  }

  /** The first instance from the point of `key` on that is not tried and has fewer than `room` calls in flight. */
  byKey(key: string, call: PickRequest, room: number): HeldCalls | undefined {
    this.#ring ??= new HashRing(this.#from);
    const start = this.#ring.find(hashText(key));
    const end = Math.min(LONGEST_WALK, this.#ring.size);
    for (let further = 0; further < end; further++) {
      const held = this.#held[this.#ring.ownerAt(start, further)];
      if (held && held.inFlight < room && !call.skip(held.instance)) return held;
    }
    return this.#anybody(this.#ring.ownerAt(start), call);
  }

  /** The instance whose turn it is, or the first one after it that is not tried and has fewer than `room` calls in flight. */
  inTurn(turn: number, call: PickRequest, room: number): HeldCalls | undefined {
    const count = this.#held.length;
    for (let further = 0; further < count; further++) {
      const held = this.#held[(turn + further) % count];
      if (held && held.inFlight < room && !call.skip(held.instance)) return held;
    }
    return this.#anybody(turn % count, call);
  }

  /** Of those that are not tried the one with the fewest calls; the one at `place` when all were. */
  #anybody(place: number, call: PickRequest): HeldCalls | undefined {
    let fewest: HeldCalls | undefined;
    for (const held of this.#held) {
      if ((fewest === undefined || held.inFlight < fewest.inFlight) && !call.skip(held.instance)) fewest = held;
    }
    return fewest ?? this.#held[place];
  }

  #take(held: HeldCalls): void {
    if (held.members) held.members.inFlight -= held.inFlight;
    held.members = this;
    this.inFlight += held.inFlight;
  }
}

/** A picked instance whose place is given back when the call ends; a second `done` changes nothing. */
export class HeldPick implements Picked {
  readonly instance: InstanceHandle;
  readonly #held: HeldCalls;
  #isOver = false;

  constructor(held: HeldCalls) {
    this.instance = held.instance;
    this.#held = held;
    held.add(1);
  }

  done(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#held.add(-1);
  }
}
