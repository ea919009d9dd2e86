import { type Clock, systemClock, type Timer } from '@weft/core';

/** What a wheel calls when its time has come. An object, so that arming needs no closure. */
export interface Expiring {
  /** Runs once, on the wheel's timer; an error in it does not keep the others from expiring. */
  expire(): void;
}

/** One armed deadline; hand it back to `disarm`. */
export class WheelEntry {
  /** Number of the tick at which it falls due. */
  readonly tick: number;
  /** Undefined once it has expired or was disarmed. */
  target: Expiring | undefined;
  /** Neighbour in its slot; the wheel's own. */
  previous: WheelEntry | undefined = undefined;
  /** Neighbour in its slot; the wheel's own. */
  next: WheelEntry | undefined = undefined;

  constructor(tick: number, target: Expiring) {
    this.tick = tick;
    this.target = target;
  }
}

const SLOTS = 512;

/**
 * All deadlines of a process behind one timer, which runs only while something is armed. Arming and disarming are O(1)
 * and touch no timer as a rule: nearly every deadline is disarmed long before it falls due. Never early, at most one
 * tick (and the timer's own lag) late.
 *
 * Source: G. Varghese, T. Lauck, "Hashed and Hierarchical Timing Wheels", 1987, scheme 6.
 */
export class DeadlineWheel {
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #originAt: number;
  readonly #slots = new Array<WheelEntry | undefined>(SLOTS).fill(undefined);
  #armed = 0;
  #cursor = 0;
  #wakeTick = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;

  /** @param tickMs step of the wheel: how late a deadline may be told, in ms */
  constructor(clock: Clock = systemClock, tickMs = 10) {
    this.#clock = clock;
    this.#tickMs = tickMs;
    this.#originAt = clock.now();
  }

  /** How many deadlines are armed. */
  get armed(): number {
    return this.#armed;
  }

  /** Calls `target.expire()` once the clock has reached `atMs`; an instant of the past expires at the next tick. */
  arm(atMs: number, target: Expiring): WheelEntry {
    const tick = Math.max(Math.ceil((atMs - this.#originAt) / this.#tickMs), this.#cursor);
    const entry = new WheelEntry(tick, target);
    const head = this.#slots[tick % SLOTS];
    entry.next = head;
    if (head) head.previous = entry;
    this.#slots[tick % SLOTS] = entry;
    this.#armed++;
    if (tick < this.#wakeTick) this.#wakeAt(tick);
    return entry;
  }

  /** Forgets it; harmless when it has expired or was disarmed before. */
  disarm(entry: WheelEntry): void {
    if (!entry.target) return;
    entry.target = undefined;
    this.#unlink(entry);
  }

  /** Forgets all that is armed and stops the timer. Idempotent. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#wakeTick = Number.POSITIVE_INFINITY;
    for (const head of this.#slots) for (let entry = head; entry; entry = entry.next) entry.target = undefined;
    this.#slots.fill(undefined);
    this.#armed = 0;
  }

  #unlink(entry: WheelEntry): void {
    if (entry.previous) entry.previous.next = entry.next;
    else if (this.#slots[entry.tick % SLOTS] === entry) this.#slots[entry.tick % SLOTS] = entry.next;
    else return;
    if (entry.next) entry.next.previous = entry.previous;
    entry.previous = undefined;
    entry.next = undefined;
    this.#armed--;
  }

  #wakeAt(tick: number): void {
    this.#timer?.cancel();
    this.#wakeTick = tick;
    this.#timer = this.#clock.setTimer(Math.max(1, this.#originAt + tick * this.#tickMs - this.#clock.now()), () => this.#wake());
  }

  #wake(): void {
    this.#wakeTick = Number.POSITIVE_INFINITY;
    const nowTick = Math.floor((this.#clock.now() - this.#originAt) / this.#tickMs);
    const due = this.#takeDue(nowTick);
    this.#wakeForNext();
    for (const entry of due) expire(entry);
  }

  #takeDue(nowTick: number): WheelEntry[] {
    const due: WheelEntry[] = [];
    this.#cursor = Math.max(this.#cursor, nowTick - SLOTS + 1);
    for (; this.#cursor <= nowTick; this.#cursor++) {
      for (let entry = this.#slots[this.#cursor % SLOTS]; entry; ) {
        const next = entry.next;
        if (entry.tick <= nowTick) {
          this.#unlink(entry);
          due.push(entry);
        }
        entry = next;
      }
    }
    return due;
  }

  /** The next slot with anything in it: at worst an entry of a later round, which costs one idle wake-up per round. */
  #wakeForNext(): void {
    if (this.#armed === 0) return;
    for (let tick = this.#cursor; tick < this.#cursor + SLOTS; tick++) {
      if (!this.#slots[tick % SLOTS]) continue;
      this.#wakeAt(tick);
      return;
    }
  }
}

/** Entries that an earlier one has disarmed stay silent. A throw is reported as from any timer, after the others ran. */
function expire(entry: WheelEntry): void {
  const target = entry.target;
  entry.target = undefined;
  try {
    target?.expire();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
