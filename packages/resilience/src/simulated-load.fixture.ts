import type { Clock, Random } from '@weft/core';

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/** A clock that runs its timers at once, one after another, without promises: for simulations of a million events. */
export class SimulatedClock implements Clock {
  #nowMs = 1_000;
  #order = 0;
  readonly #heap: Event[] = [];

  now(): number {
    return this.#nowMs;
  }

  setTimer(ms: number, run: () => void) {
    const event = { at: this.#nowMs + Math.max(0, ms), order: this.#order++, run, isCancelled: false };
    this.#push(event);
    return {
      cancel: () => {
        event.isCancelled = true;
      },
    };
  }

  /** Lets time stand still for everybody else: the one thread is busy. */
  spend(ms: number): void {
    this.#nowMs += ms;
  }

  /** Runs what falls due until `at`. */
  runUntil(at: number): void {
    for (let event = this.#heap[0]; event && event.at <= at; event = this.#heap[0]) {
      this.#pop();
      this.#nowMs = Math.max(this.#nowMs, event.at);
      if (!event.isCancelled) event.run();
    }
    this.#nowMs = Math.max(this.#nowMs, at);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    for (let up = (at - 1) >> 1; at > 0 && isBefore(event, heap[up]); up = (at - 1) >> 1) {
      heap[at] = heap[up] as Event;
      at = up;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let at = 0;
    for (let down = 1; down < heap.length; down = 2 * at + 1) {
      if (isBefore(heap[down + 1], heap[down])) down++;
      if (!isBefore(heap[down], last)) break;
      heap[at] = heap[down] as Event;
      at = down;
    }
    heap[at] = last;
  }
}

function isBefore(one: Event | undefined, other: Event | undefined): boolean {
  if (!one || !other) return one !== undefined;
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** A gate that lets `capacity` requests through at a time, first come first served, each for a time of its own. */
export class SimulatedGate {
  /** Requests at a time. */
  capacity: number;
  /** What each takes in the gate, in ms. */
  serviceMs: () => number;
  readonly #clock: SimulatedClock;
  readonly #queue: (() => void)[] = [];
  #head = 0;
  #busy = 0;

  constructor(clock: SimulatedClock, capacity: number, serviceMs: () => number) {
    this.#clock = clock;
    this.capacity = capacity;
    this.serviceMs = serviceMs;
  }

  /** Calls `done` when the request has been through. */
  enter(done: () => void): void {
    this.#queue.push(done);
    this.#next();
  }

  #next(): void {
    while (this.#busy < this.capacity && this.#head < this.#queue.length) {
      const done = this.#queue[this.#head++] as () => void;
      this.#busy++;
      this.#clock.setTimer(this.serviceMs(), () => {
        this.#busy--;
        done();
        this.#next();
      });
    }
  }
}

/** Exponential times with a mean: what the gaps between independent callers look like. */
export function exponential(meanMs: number, random: Random): number {
  return -Math.log(1 - random()) * meanMs;
}

/** Calls `arrive` at random instants, `perSecond` times a second, until `untilAt`. */
export function openLoop(clock: SimulatedClock, perSecond: () => number, random: Random, untilAt: number, arrive: () => void) {
  const next = () => {
    if (clock.now() >= untilAt) return;
    arrive();
    clock.setTimer(exponential(1_000 / perSecond(), random), next);
  };
  clock.setTimer(exponential(1_000 / perSecond(), random), next);
}

/** The value below which `ratio` of them lie. */
export function quantileOf(values: readonly number[], ratio: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ratio))] ?? Number.NaN;
}
