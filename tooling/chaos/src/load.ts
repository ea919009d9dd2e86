import type { Client } from '@weft/client';
import { WeftError } from '@weft/core';

const MOST_OVERDUE_S = 0.1;

/** How one call of a load ended. */
export interface Ended {
  readonly method: 'GET' | 'POST';
  /** When it was made, in ms since the load began. */
  readonly atMs: number;
  readonly durationMs: number;
  /** Id of the instance that answered. */
  readonly by: string | undefined;
  readonly status: number | undefined;
  readonly error: WeftError | undefined;
}

/**
 * Calls at a fixed rate, two GET and one POST in turn, whatever the answers take. What this process was held up for is left
 * out: a burst of what is overdue would be another load.
 */
export class Load {
  readonly ended: Ended[] = [];
  readonly #client: Client;
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #perSecond: number;
  #sent = 0;

  /** Starts at once. */
  constructor(client: Client, perSecond = 300) {
    this.#client = client;
    this.#perSecond = perSecond;
    this.#timer = setInterval(() => this.#catchUp(), 10);
  }

  /** Sends nothing new; resolves when every call has ended. */
  async stop(): Promise<readonly Ended[]> {
    clearInterval(this.#timer);
    await Promise.all(this.#inFlight);
    return this.ended;
  }

  /** Ms since the load began. */
  nowMs(): number {
    return performance.now() - this.#startedAt;
  }

  #catchUp(): void {
    const due = Math.floor((this.nowMs() / 1_000) * this.#perSecond);
    this.#sent = Math.max(this.#sent, due - Math.ceil(this.#perSecond * MOST_OVERDUE_S));
    for (; this.#sent < due; this.#sent++) {
      const pending = this.#call(this.#sent % 3 === 2 ? 'POST' : 'GET').finally(() => this.#inFlight.delete(pending));
      this.#inFlight.add(pending);
    }
  }

  async #call(method: 'GET' | 'POST'): Promise<void> {
    const atMs = this.nowMs();
    const end = (by?: string, status?: number, error?: WeftError) =>
      this.ended.push({ method, atMs, durationMs: this.nowMs() - atMs, by, status, error });
    try {
      const reply = method === 'GET' ? await this.#client.get('/things/7') : await this.#client.post('/things', { n: 1 });
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
