import {
  type Clock,
  epochMs,
  invalidOption,
  type Logger,
  type Metrics,
  messageOf,
  noopLogger,
  noopMetrics,
  systemClock,
} from '@weft/core';
import { observeReply } from './observe-reply.js';
import { callerOf, type MiddlewareRequest, type RequestMiddleware, routeOf } from './request-middleware.js';

/** Who did what, when, and how it ended. */
export interface AuditEntry {
  /** When it began, in ISO 8601. */
  readonly at: string;
  /** Id of the caller, as `bearerAuth` or `mutualAuth` found; undefined when nobody did. */
  readonly who: string | undefined;
  /** Address of the caller. */
  readonly remoteAddress: string;
  /** Upper case. */
  readonly method: string;
  /** Path as sent, without the query. */
  readonly path: string;
  /** Pattern of the route, where the server tells it; else the path. */
  readonly route: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** `done` below 400, `refused` below 500, `failed` from there on, and when an answer in pieces broke off. */
  readonly result: 'done' | 'refused' | 'failed';
  /** How long it took, in ms. */
  readonly durationMs: number;
  /** Trace that it belongs to. */
  readonly traceId: string | undefined;
}

/** Where the entries go, and which. */
export interface AuditOptions {
  /** Takes an entry; nobody waits for it. What it throws is counted and logged, and the entry is lost. */
  readonly write: (entry: AuditEntry) => unknown;
  /** Which requests; all unless set. */
  readonly only?: ((request: MiddlewareRequest) => boolean) | undefined;
  /** Entries that may be on their way to a slow `write`; further ones are lost. 1,000 unless set. */
  readonly maxPending?: number | undefined;
  /** Told when `write` begins to fail, and when it works again. */
  readonly logger?: Logger | undefined;
  /** Counts `audit.lost`. */
  readonly metrics?: Metrics | undefined;
  /** Default: the process's. */
  readonly clock?: Clock | undefined;
}

/**
 * Writes down each request when its answer is over; outermost, so that refusals of the other middlewares are seen too.
 * @throws WEFT_CONFIG_INVALID without a `write`, for an `only` that is no function, a `maxPending` that is none
 */
export function audit(options: AuditOptions): RequestMiddleware {
  const { write, only, clock = systemClock, maxPending = 1_000 } = options;
  if (typeof write !== 'function') throw invalidOption('audit.write', 'expected a function that takes an entry');
  if (only !== undefined && typeof only !== 'function') throw invalidOption('audit.only', 'expected a function of the request');
  if (!(typeof maxPending === 'number' && maxPending > 0))
    throw invalidOption('audit.maxPending', `${maxPending}: expected a number above 0`);
  const sink = new AuditSink(options);
  return (next) => (request) => {
    if (only && !only(request)) return next(request);
    const at = new Date(epochMs()).toISOString();
    const { method, path, remoteAddress } = request;
    const what = { remoteAddress, method, path: path.replace(/\?.*$/s, ''), route: routeOf(request) };
    return observeReply(
      clock,
      () => next(request),
      ({ status, isWhole, durationMs }) => {
        const [who, result] = [callerOf(request)?.id, resultOf(status, isWhole)];
        sink.take({ at, who, ...what, status, result, durationMs, traceId: request.trace?.traceId });
      },
    );
  };
}

function resultOf(status: number, isWhole: boolean): AuditEntry['result'] {
  if (status >= 500 || !isWhole) return 'failed';
  return status >= 400 ? 'refused' : 'done';
}

/** Keeps a sink that fails, or is slow, away from the requests. */
class AuditSink {
  readonly #write: AuditOptions['write'];
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #maxPending: number;
  #pending = 0;
  #lost = 0;

  constructor({ write, logger = noopLogger, metrics = noopMetrics, maxPending = 1_000 }: AuditOptions) {
    this.#write = write;
    this.#logger = logger;
    this.#metrics = metrics;
    this.#maxPending = maxPending;
  }

  take(entry: AuditEntry): void {
    if (this.#pending < this.#maxPending) this.#pass(entry).catch(() => {});
    else this.#lose(`${this.#maxPending} entries are waiting`);
  }

  async #pass(entry: AuditEntry): Promise<void> {
    this.#pending++;
    try {
      await this.#write(entry);
      if (this.#lost > 0) this.#logger.info('audit works again', { lost: this.#lost });
      this.#lost = 0;
    } catch (error) {
      this.#lose(messageOf(error));
    } finally {
      this.#pending--;
    }
  }

  #lose(reason: string): void {
    if (this.#lost++ === 0) this.#logger.error('audit fails: entries are lost', { reason });
    this.#metrics.increment('audit.lost');
  }
}
