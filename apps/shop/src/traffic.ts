import type { Client } from '@weft/client';
import { messageOf } from '@weft/core';

/** What happened to the steady traffic. */
export interface TrafficCount {
  readonly calls: number;
  /** Calls that ended in an error or a 5xx. */
  readonly failed: number;
}

/** A steady stream of real calls: two reads and one write in turn, at a fixed rate, whatever the answers take. */
export class Traffic {
  readonly #gateway: Client;
  readonly #timer: NodeJS.Timeout;
  readonly #inFlight = new Set<Promise<void>>();
  #calls = 0;
  #failed = 0;
  /** What the latest failures were. */
  readonly failures: string[] = [];

  /** Starts at once. */
  constructor(gateway: Client, callsPerSecond: number) {
    this.#gateway = gateway;
    this.#timer = setInterval(() => {
      const pending = this.#send(this.#calls++).finally(() => this.#inFlight.delete(pending));
      this.#inFlight.add(pending);
    }, 1_000 / callsPerSecond);
  }

  /** What has ended so far. */
  get count(): TrafficCount {
    return { calls: this.#calls - this.#inFlight.size, failed: this.#failed };
  }

  /** Sends nothing new, and resolves when the last answer is in. */
  async stop(): Promise<TrafficCount> {
    clearInterval(this.#timer);
    await Promise.all(this.#inFlight);
    return this.count;
  }

  async #send(n: number): Promise<void> {
    const userId = String(1 + (n % 1_000));
    try {
      const reply =
        n % 3 === 2
          ? await this.#gateway.post('/orders', { userId, items: [`item-${n}`] })
          : await this.#gateway.get(`/users/${userId}/orders`);
      if (reply.statusCode >= 500) this.#fail(`${reply.statusCode} ${reply.text()}`);
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #fail(what: string): void {
    this.#failed++;
    this.failures.push(what);
    if (this.failures.length > 20) this.failures.shift();
  }
}
