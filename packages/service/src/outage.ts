import { type Logger, messageOf } from '@weft/core';

/** What the log is told of a store: once when it goes away, once when it is back. */
export class Outage {
  readonly #log: Logger;
  readonly #what: string;
  #isOn = false;

  /** @param what who is away and what that means, for the log */
  constructor(log: Logger, what: string) {
    this.#log = log;
    this.#what = what;
  }

  /** Whether the store did not answer the last time. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** The store did not answer. */
  begin(error: unknown): void {
    if (!this.#isOn) this.#log.warn(this.#what, { error: messageOf(error) });
    this.#isOn = true;
  }

  /** The store answered. */
  end(): void {
    if (this.#isOn) this.#log.info(`Over: ${this.#what}`);
    this.#isOn = false;
  }
}
