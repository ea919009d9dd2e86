import { setTimeout as sleep } from 'node:timers/promises';

/** Lets so many through at a time, first come, first served: what a pool of connections to a database is like. */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  readonly #eachMs: number;
  #free: number;

  constructor(places: number, eachMs: number) {
    this.#free = places;
    this.#eachMs = eachMs;
  }

  /** Resolves when whoever came has waited for a place and been through. */
  async pass(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    await sleep(this.#eachMs);
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
