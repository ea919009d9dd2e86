const COMPACT_FROM = 1_024;

/** Who can wait in a line. */
export interface Waiting {
  /** Instant at which it gives up waiting; undefined when it does not wait. Kept by the line. */
  waitsUntilAt: number | undefined;
}

/**
 * Who waits, in the order in which they came. An array that is read from a moving head: a Map is rebuilt every few dozen
 * removals, and what its old tables held would live on until the next full collection.
 */
export class WaitingLine<Taker extends Waiting> {
  #line: (Taker | undefined)[] = [];
  #head = 0;
  #size = 0;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** The one that has waited longest. */
  get first(): Taker | undefined {
    for (; this.#head < this.#line.length; this.#head++) {
      const taker = this.#line[this.#head];
      if (taker?.waitsUntilAt !== undefined) return taker;
      this.#line[this.#head] = undefined;
    }
    return undefined;
  }

  /** Puts one at the end, until the instant at which it gives up. */
  push(taker: Taker, untilAt: number): void {
    if (this.#head === this.#line.length || this.#head >= COMPACT_FROM) {
      this.#line.splice(0, this.#head);
      this.#head = 0;
    }
    taker.waitsUntilAt = untilAt;
    this.#line.push(taker);
    this.#size++;
  }

  /** Takes one out, wherever it stands; false when it is not there. */
  delete(taker: Taker): boolean {
    if (taker.waitsUntilAt === undefined) return false;
    taker.waitsUntilAt = undefined;
    this.#size--;
    return true;
  }

  /** All that wait, in order. */
  all(): Taker[] {
    return this.#line.filter((taker): taker is Taker => taker?.waitsUntilAt !== undefined);
  }
}
