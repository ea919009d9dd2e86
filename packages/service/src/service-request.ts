import { parse as parseQuery } from 'node:querystring';
import {
  type Clock,
  type HeaderMap,
  type Inbound,
  type Logger,
  type Random,
  type Span,
  type Timer,
  type TraceContext,
  type Tracer,
  WeftError,
} from '@weft/core';
import { newTrace, traceFromHeaders } from '@weft/tracing';
import { LATEST } from './choose-version.js';
import { json, reply, text } from './reply.js';
import type { QueryValues, RequestContext, RequestDeadline } from './request-context.js';
import type { Match } from './route-table.js';
import type { TrustedPeers } from './trusted-peers.js';

/** What all requests of a service have in common. */
export interface RequestSurroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Makes a span for each request, when the service traces. */
  readonly tracer: Tracer | undefined;
  /** Makes a span for a handler that asks for one. */
  readonly fallbackTracer: Tracer;
  readonly trustedPeers: TrustedPeers;
}

/**
 * One request, and at the same time the ambient context of everything its handler does: one object, and whatever is dear
 * in it (headers, signal, trace) is made when it is first read.
 */
export class ServiceRequest implements RequestContext {
  readonly inbound: Inbound;
  readonly match: Match;
  readonly startedAt: number;
  readonly deadlineAt: number | undefined;
  body: unknown;
  version = LATEST;
  retriesExhausted = false;
  readonly #around: RequestSurroundings;
  #headers: HeaderMap | undefined;
  #query: QueryValues | undefined;
  #signal: AbortSignal | undefined;
  #timer: Timer | undefined;
  #trace: TraceContext | undefined;
  #span: Span | undefined;

  /** @param leftMs what the caller says it still waits */
  constructor(around: RequestSurroundings, inbound: Inbound, match: Match, leftMs: number | undefined) {
    this.#around = around;
    this.inbound = inbound;
    this.match = match;
    this.startedAt = around.clock.now();
    this.deadlineAt = leftMs === undefined ? undefined : this.startedAt + leftMs;
    if (around.tracer) this.#span = this.#startSpan(around.tracer);
  }

  get json(): RequestContext['json'] {
    return json;
  }

  get text(): RequestContext['text'] {
    return text;
  }

  get reply(): RequestContext['reply'] {
    return reply;
  }

  get method(): string {
    return this.inbound.method;
  }

  get path(): string {
    return this.inbound.path;
  }

  get params(): Readonly<Record<string, string>> {
    return this.match.params;
  }

  get headers(): HeaderMap {
    this.#headers ??= this.#around.trustedPeers.headersFrom(this.inbound.remoteAddress, this.inbound.headers);
    return this.#headers;
  }

  get query(): QueryValues {
    this.#query ??= queryOf(this.inbound.path);
    return this.#query;
  }

  get remoteAddress(): string {
    return this.#around.trustedPeers.callerOf(this.inbound.remoteAddress, this.inbound.headers);
  }

  get deadline(): RequestDeadline {
    const { deadlineAt: at } = this;
    const { clock } = this.#around;
    return { at, leftMs: () => (at === undefined ? Number.POSITIVE_INFINITY : Math.max(0, at - clock.now())) };
  }

  get signal(): AbortSignal {
    this.#signal ??= this.deadlineAt === undefined ? this.inbound.signal : this.#signalUntil(this.deadlineAt);
    return this.#signal;
  }

  get trace(): TraceContext {
    this.#trace ??= this.#span?.context ?? traceFromHeaders(this.inbound.headers) ?? newTrace(this.#around.random);
    return this.#trace;
  }

  get span(): Span {
    this.#span ??= this.#startSpan(this.#around.fallbackTracer);
    return this.#span;
  }

  get log(): Logger {
    return this.#around.log;
  }

  /** Ends the span and the timer of the signal. */
  finish(status: number): void {
    this.#timer?.cancel();
    if (!this.#span) return;
    this.#span.setTag('http.response.status_code', status);
    if (status >= 500) this.#span.setTag('error', true);
    this.#span.finish();
  }

  #signalUntil(deadlineAt: number): AbortSignal {
    const controller = new AbortController();
    const { signal: gone } = this.inbound;
    if (gone.aborted) controller.abort(gone.reason);
    gone.addEventListener('abort', () => controller.abort(gone.reason), { once: true });
    this.#timer = this.#around.clock.setTimer(Math.max(0, deadlineAt - this.#around.clock.now()), () => {
      controller.abort(new WeftError('WEFT_DEADLINE_EXCEEDED', 'the time that the caller gave is up'));
    });
    return controller.signal;
  }

  #startSpan(tracer: Tracer): Span {
    const parent = this.#trace ?? traceFromHeaders(this.inbound.headers);
    const span = tracer.startSpan(`${this.method} ${this.match.route?.pattern ?? 'unmatched'}`, parent);
    return span.setTag('http.request.method', this.method);
  }
}

function queryOf(path: string): QueryValues {
  const mark = path.indexOf('?');
  return parseQuery(mark < 0 ? '' : path.slice(mark + 1));
}
