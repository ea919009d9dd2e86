import type { Client } from '@weft/client';
import { messageOf } from '@weft/core';

/** What happened to the steady traffic. */
export interface TrafficCount {
  readonly calls: number;
  /** Calls that ended in an error or a 5xx, or that a fallback answered in place of the service. */
  readonly failed: number;
  /** How many of these were reads. */
  readonly failedReads: number;
}

interface MayBeDegraded {
  readonly degraded?: boolean;
}

/** A steady stream of real calls: two reads and one write in turn, at a fixed rate, whatever the answers take. */
export class Traffic {
  readonly #gateway: Client;
  readonly #timer: NodeJS.Timeout;
  readonly #inFlight = new Set<Promise<void>>();
  #calls = 0;
  #failed = 0;
  #failedReads = 0;
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
    return { calls: this.#calls - this.#inFlight.size, failed: this.#failed, failedReads: this.#failedReads };
  }

  /** Resolves when every call that is under way has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  /** Sends nothing new, and resolves when the last answer is in. */
  async stop(): Promise<TrafficCount> {
    clearInterval(this.#timer);
    await this.settled();
    return this.count;
  }

  async #send(n: number): Promise<void> {
    const userId = String(1 + (n % 1_000));
    const isRead = n % 3 !== 2;
    const fail = (what: string) => this.#fail(what, isRead);
    try {
      const reply = !isRead
        ? await this.#gateway.post<MayBeDegraded>('/orders', { userId, items: [`item-${n}`], number: `traffic-${n}` })
        : await this.#gateway.get<MayBeDegraded>(`/users/${userId}/orders`);
      if (reply.statusCode >= 500) fail(`${reply.statusCode} ${reply.text()}`);
      else if (reply.data.degraded) fail('degraded: answered without orders');
    } catch (error) {
      fail(messageOf(error));
    }
  }

  #fail(what: string, isRead: boolean): void {
    this.#failed++;
    if (isRead) this.#failedReads++;
    this.failures.push(what);
    if (this.failures.length > 20) this.failures.shift();
  }
}
