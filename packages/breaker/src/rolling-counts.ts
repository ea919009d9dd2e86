const SLICES = 10;

/** What was counted during a tenth of the window, in a ring. */
class Slice {
  calls = 0;
  bad = 0;
  next: Slice = this;
}

/**
 * Counts calls, and the bad ones among them, over a window that moves with the clock: a ring of ten counters, the oldest of
 * which is dropped as a whole, so it looks back on nine to ten tenths of `windowMs`. Whoever counts turns the ring on, so
 * there is no timer; counting is O(1) and allocates nothing, however many calls are in the window.
 *
 * Source: the rolling window of Netflix Hystrix.
 */
export class RollingCounts {
  readonly #sliceMs: number;
  #current = createRing();
  /** Number of the current slice, from the clock's zero. */
  #number = Number.NEGATIVE_INFINITY;
  #calls = 0;
  #bad = 0;

  /** @param windowMs how far it looks back, in ms, above 0 */
  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICES;
  }

  /** Bad calls in the window, as of the last `add`. */
  get bad(): number {
    return this.#bad;
  }

  /** Whether at least `minCalls` calls are in the window and at least the share `ratio` of them is bad, as of the last `add`. */
  reaches(ratio: number, minCalls: number): boolean {
    return this.#calls >= minCalls && this.#bad / this.#calls >= ratio;
  }

  /** Counts one call; `nowMs` never goes back. */
  add(isBad: boolean, nowMs: number): void {
    const number = Math.floor(nowMs / this.#sliceMs);
    if (number !== this.#number) {
      this.#turn(Math.min(number - this.#number, SLICES));
      this.#number = number;
    }
    this.#current.calls++;
    this.#calls++;
    if (!isBad) return;
    this.#current.bad++;
    this.#bad++;
  }

  /** Forgets everything. */
  clear(): void {
    this.#turn(SLICES);
  }

  #turn(slices: number): void {
    for (let turned = 0; turned < slices; turned++) {
      const oldest = this.#current.next;
      this.#calls -= oldest.calls;
      this.#bad -= oldest.bad;
      oldest.calls = 0;
      oldest.bad = 0;
      this.#current = oldest;
    }
  }
}

function createRing(): Slice {
  const first = new Slice();
  for (let made = 1; made < SLICES; made++) {
    const slice = new Slice();
    slice.next = first.next;
    first.next = slice;
  }
  return first;
}
