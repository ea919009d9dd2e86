import type { Clock, Timer } from '@weft/core';
import { type Waiting, WaitingLine } from './waiting-line.js';

/** How things are lent. */
export interface LendingRules {
  /** Things at a time, lent and idle. */
  readonly max: number;
  /** How long a taker waits for one, in ms. */
  readonly checkoutMs: number;
  /** Time. */
  readonly clock: Clock;
}

/** Whose things are lent. */
export interface Lending<Thing, Taker> {
  /** Makes one more. */
  open(): Thing;
  /** Gives it to a taker. */
  hand(thing: Thing, taker: Taker): void;
  /** Tells a taker that its time is up. */
  refuse(taker: Taker): void;
}

/** How a pool stands. */
export interface PoolStats {
  /** Connections that there may be at a time. */
  readonly max: number;
  /** Connections that there are, busy and idle. */
  readonly total: number;
  /** Connections in use. */
  readonly busy: number;
  /** Connections that wait to be used. */
  readonly idle: number;
  /** Takers that wait for a connection. */
  readonly waiting: number;
}

/**
 * Lends things out, made on demand up to a maximum; who finds none waits in line, first come, first served, and not for
 * ever. What is in the bounds of `Lending` is all that it knows of things and takers, so that it serves calls and people.
 */
export class Lender<Thing extends { destroy(): void }, Taker extends Waiting> {
  readonly #rules: LendingRules;
  readonly #lending: Lending<Thing, Taker>;
  readonly #all = new Set<Thing>();
  /** The last one used is used first, so that those beyond what is needed fall idle and close. */
  readonly #idle: Thing[] = [];
  readonly #line = new WaitingLine<Taker>();
  #timer: Timer | undefined;
  #closing: Promise<void> | undefined;
  #closed: (() => void) | undefined;

  constructor(rules: LendingRules, lending: Lending<Thing, Taker>) {
    this.#rules = rules;
    this.#lending = lending;
  }

  /** Whether what comes back is not kept any more. */
  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** Everything there is. */
  get all(): Iterable<Thing> {
    return this.#all;
  }

  /** The idle one that was not used for longest. */
  get longestIdle(): Thing | undefined {
    return this.#idle[0];
  }

  /** Who waits, in order. */
  get waiting(): Taker[] {
    return this.#line.all();
  }

  /** The numbers. */
  stats(): PoolStats {
    const { size: total } = this.#all;
    const { length: idle } = this.#idle;
    return { max: this.#rules.max, total, busy: total - idle, idle, waiting: this.#line.size };
  }

  /** Hands a thing to the taker, at once or when one comes back. */
  lend(taker: Taker): void {
    const thing = this.#idle.pop() ?? this.#open();
    if (thing) this.#lending.hand(thing, taker);
    else this.#wait(taker);
  }

  /** Takes a taker out of the line; false when it is not there. */
  unqueue(taker: Taker): boolean {
    return this.#line.delete(taker);
  }

  /** Takes back what was lent; what is not `sound` is dropped, and another one made for who waits. */
  giveBack(thing: Thing, sound: boolean): void {
    if (!sound) this.drop(thing);
    if (this.#line.size > 0) this.#handNext(sound ? thing : this.#open());
    else if (sound && !this.#closing) this.#idle.push(thing);
    else if (sound) this.drop(thing);
  }

  /** Parts with one, idle or just come back. */
  drop(thing: Thing): void {
    const at = this.#idle.indexOf(thing);
    if (at >= 0) this.#idle.splice(at, 1);
    thing.destroy();
    this.#all.delete(thing);
    this.#resolveWhenClosed();
  }

  /** Drops what is idle now, and the rest as it comes back; resolves when all is gone and nobody waits. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#closed = resolve;
      for (const thing of [...this.#idle]) this.drop(thing);
      this.#resolveWhenClosed();
    });
    return this.#closing;
  }

  #open(): Thing | undefined {
    if (this.#all.size >= this.#rules.max) return undefined;
    const thing = this.#lending.open();
    this.#all.add(thing);
    return thing;
  }

  #handNext(thing: Thing | undefined): void {
    const next = this.#line.first;
    if (!next || !thing) return;
    this.#line.delete(next);
    this.#lending.hand(thing, next);
  }

  #resolveWhenClosed(): void {
    if (this.#all.size > 0 || this.#line.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#closed?.();
  }

  /** All wait equally long, so one timer for the first serves all. */
  #wait(taker: Taker): void {
    const { clock, checkoutMs } = this.#rules;
    this.#line.push(taker, clock.now() + checkoutMs);
    this.#timer ??= clock.setTimer(checkoutMs, () => this.#refuseOverdue());
  }

  #refuseOverdue(): void {
    const { clock } = this.#rules;
    const now = clock.now();
    this.#timer = undefined;
    for (let taker = this.#line.first; taker; taker = this.#line.first) {
      const { waitsUntilAt = now } = taker;
      if (waitsUntilAt > now) {
        this.#timer = clock.setTimer(waitsUntilAt - now, () => this.#refuseOverdue());
        return;
      }
      this.#lending.refuse(taker);
      this.#line.delete(taker);
    }
  }
}
