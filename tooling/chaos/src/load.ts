import type { Client, ServiceClient } from '@weft/client';
import { WeftError } from '@weft/core';

const MOST_OVERDUE_S = 0.1;

/** What a load asks for: method, path and body. */
export type Asked = readonly [method: 'GET' | 'POST', path: string, body?: unknown];

/** How one call of a load ended. */
export interface Ended {
  readonly method: 'GET' | 'POST';
  readonly path?: string;
  /** When it was made, in ms since the load began. */
  readonly atMs: number;
  readonly durationMs: number;
  /** Id of the instance that answered. */
  readonly by: string | undefined;
  readonly status: number | undefined;
  readonly error: WeftError | undefined;
}

/** Two GET and one POST in turn. */
const things = (n: number): Asked => (n % 3 === 2 ? ['POST', '/things', { n: 1 }] : ['GET', '/things/7']);

/**
 * Calls at a fixed rate, two GET and one POST in turn unless told otherwise, whatever the answers take. What this process was
 * held up for is left out: a burst of what is overdue would be another load.
 */
export class Load {
  readonly ended: Ended[] = [];
  readonly #client: Pick<Client | ServiceClient, 'call'>;
  readonly #ask: (n: number) => Asked;
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #perSecond: number;
  #sent = 0;
  #lookedAt = 0;
  #longestStallMs = 0;

  /** Starts at once; `ask` says what the n-th call is. */
  constructor(client: Pick<Client | ServiceClient, 'call'>, perSecond = 300, ask: (n: number) => Asked = things) {
    this.#client = client;
    this.#ask = ask;
    this.#perSecond = perSecond;
    this.#timer = setInterval(() => this.#catchUp(), 10);
  }

  /** Sends nothing new; resolves when every call has ended. */
  async stop(): Promise<readonly Ended[]> {
    clearInterval(this.#timer);
    await Promise.all(this.#inFlight);
    return this.ended;
  }

  /** For how long this process did nothing at all, at most, in ms: what it was to notice meanwhile it noticed later. */
  get longestStallMs(): number {
    return Math.round(this.#longestStallMs);
  }

  /** Ms since the load began. */
  nowMs(): number {
    return performance.now() - this.#startedAt;
  }

  #catchUp(): void {
    const nowMs = this.nowMs();
    this.#longestStallMs = Math.max(this.#longestStallMs, nowMs - this.#lookedAt);
    this.#lookedAt = nowMs;
    const due = Math.floor((nowMs / 1_000) * this.#perSecond);
    this.#sent = Math.max(this.#sent, due - Math.ceil(this.#perSecond * MOST_OVERDUE_S));
    for (; this.#sent < due; this.#sent++) {
      const pending = this.#call(this.#ask(this.#sent)).finally(() => this.#inFlight.delete(pending));
      this.#inFlight.add(pending);
    }
  }

  async #call([method, path, body = null]: Asked): Promise<void> {
    const atMs = this.nowMs();
    const end = (by?: string, status?: number, error?: WeftError) =>
      this.ended.push({ method, path, atMs, durationMs: this.nowMs() - atMs, by, status, error });
    try {
      const reply = await this.#client.call(method, path, body);
      end(reply.instance.id, reply.statusCode);
    } catch (error) {
      end(undefined, undefined, WeftError.from(error));
    }
  }
}

/** The calls of a method that ended in an error or a 5xx. */
export function failedOf(ended: readonly Ended[], method?: 'GET' | 'POST'): readonly Ended[] {
  return ended.filter((call) => (!method || call.method === method) && (call.error !== undefined || (call.status ?? 0) >= 500));
}

/** The p-th part (0 to 1) of the durations, in ms. */
export function percentile(ended: readonly Ended[], p: number): number {
  const sorted = ended.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0;
}

/** What a failed expectation should show: how calls failed, and how often. */
export function told(ended: readonly Ended[]): string {
  const counts = new Map<string, number>();
  for (const { method, status, error } of failedOf(ended)) {
    const key = `${method} ${error ? `${error.code} ${error.message} ambiguous=${error.ambiguous}` : `status ${status}`}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${count}x ${key}`).join('\n');
}
