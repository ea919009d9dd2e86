import type { Metrics } from '@weft/core';

/** Why a request was refused before its handler ran: a rate limit, a late event loop, a full heap, or too many at once. */
export type RefusalReason = 'rate' | 'delay' | 'heap' | 'concurrency';

/** A status as labels say it. */
interface StatusLabels {
  readonly status: string;
  readonly statusClass: string;
}

/** Counts what a service answers and what it calls, in the seed's names (S158-S164). `path` is a route's pattern. */
export class ServiceMonitor {
  readonly #metrics: Metrics;
  /** By status: texts made anew for each answer would cost more than to count it. */
  readonly #said = new Map<number, StatusLabels>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** One answer: counters `service.requests` and, from 400 on, `service.errors`; histogram `service.response_time`. */
  recordRequest(method: string, path: string, durationSeconds: number, statusCode: number): void {
    const { status, statusClass } = this.#said.get(statusCode) ?? this.#say(statusCode);
    this.#metrics.increment('service.requests', { method, path, status, status_class: statusClass });
    this.#metrics.histogram('service.response_time', durationSeconds, { method, path });
    if (statusCode >= 400) this.#metrics.increment('service.errors', { method, path });
  }

  /** How late the event loop was: histogram `service.event_loop_delay`. */
  recordLoopDelay(delaySeconds: number): void {
    this.#metrics.histogram('service.event_loop_delay', delaySeconds);
  }

  /** One request that was not worked at: counter `service.rate_limited` for `rate`, else `service.shed` with the reason. */
  recordRefusal(reason: RefusalReason): void {
    if (reason === 'rate') this.#metrics.increment('service.rate_limited');
    else this.#metrics.increment('service.shed', { reason });
  }

  /** One call to another service: counter `service.calls`, histogram `service.call_duration`. */
  recordServiceCall(target: string, method: string, path: string, durationSeconds: number, success: boolean): void {
    this.#metrics.increment('service.calls', { target_service: target, method, path, success: String(success) });
    this.#metrics.histogram('service.call_duration', durationSeconds, { target_service: target });
  }

  #say(statusCode: number): StatusLabels {
    const said = { status: String(statusCode), statusClass: `${Math.floor(statusCode / 100)}xx` };
    this.#said.set(statusCode, said);
    return said;
  }
}
