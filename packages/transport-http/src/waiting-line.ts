import type { Exchange } from './exchange.js';

const COMPACT_FROM = 1_024;

/**
 * Exchanges in the order in which they came. An array that is read from a moving head: a Map is rebuilt every few dozen
 * removals, and what its old tables held would live on until the next full collection.
 */
export class WaitingLine {
  #line: (Exchange | undefined)[] = [];
  #head = 0;
  #size = 0;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** The one that has waited longest. */
  get first(): Exchange | undefined {
    for (; this.#head < this.#line.length; this.#head++) {
      const exchange = this.#line[this.#head];
      if (exchange?.waitsUntilAt !== undefined) return exchange;
      this.#line[this.#head] = undefined;
    }
    return undefined;
  }

  /** Puts one at the end, until the instant at which it gives up. */
  push(exchange: Exchange, untilAt: number): void {
    if (this.#head === this.#line.length || this.#head >= COMPACT_FROM) {
      this.#line.splice(0, this.#head);
      this.#head = 0;
    }
    exchange.waitsUntilAt = untilAt;
    this.#line.push(exchange);
    this.#size++;
  }

  /** Takes one out, wherever it stands; false when it is not there. */
  delete(exchange: Exchange): boolean {
    if (exchange.waitsUntilAt === undefined) return false;
    exchange.waitsUntilAt = undefined;
    this.#size--;
    return true;
  }

  /** All that wait, in order. */
  all(): Exchange[] {
    return this.#line.filter((exchange): exchange is Exchange => exchange?.waitsUntilAt !== undefined);
  }
}
