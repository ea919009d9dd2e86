import { parse as parseQuery } from 'node:querystring';
import {
  type Caller,
  type Clock,
  type HeaderMap,
  type Inbound,
  type Logger,
  type PeerIdentity,
  type Random,
  type Reply,
  type Span,
  type Timer,
  type TraceContext,
  type Tracer,
  WeftError,
} from '@weft/core';
import { newTrace, traceFromHeaders } from '@weft/tracing';
import { LATEST } from './choose-version.js';
import { parseIdempotencyKey } from './idempotency-key.js';
import { json, reply, ServiceReply, text } from './reply.js';
import type { QueryValues, RequestContext, RequestDeadline } from './request-context.js';
import { finishRequestSpan, type ServerFacts, startRequestSpan } from './request-span.js';
import type { Match } from './route-table.js';
import type { RefusalReason } from './service-monitor.js';
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
  /** What spans tell of the service. */
  readonly server: ServerFacts;
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
  user: Caller | undefined;
  /** Why the service did not work at it, once that is so. */
  refusedFor: RefusalReason | undefined;
  /** Whether `abort()` reaches whoever reads the signal from now on. */
  isAbortable = false;
  readonly #around: RequestSurroundings;
  #headers: HeaderMap | undefined;
  #failureHeaders: Record<string, string> | undefined;
  #query: QueryValues | undefined;
  #signal: AbortSignal | undefined;
  #controller: AbortController | undefined;
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

  get route(): string | undefined {
    return this.match.route?.pattern;
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

  get peer(): PeerIdentity | undefined {
    return this.inbound.peer;
  }

  get failureHeaders(): Record<string, string> {
    this.#failureHeaders ??= {};
    return this.#failureHeaders;
  }

  get deadline(): RequestDeadline {
    const { deadlineAt: at } = this;
    const { clock } = this.#around;
    return { at, leftMs: () => (at === undefined ? Number.POSITIVE_INFINITY : Math.max(0, at - clock.now())) };
  }

  get signal(): AbortSignal {
    this.#signal ??= this.deadlineAt === undefined && !this.isAbortable ? this.inbound.signal : this.#ownSignal();
    return this.#signal;
  }

  get idempotencyKey(): string | undefined {
    return parseIdempotencyKey(this.inbound.headers);
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

  /** The answer to a failure, with the headers that middlewares want on it. */
  withFailureHeaders(answer: Reply): Reply {
    if (!this.#failureHeaders) return answer;
    return new ServiceReply(answer.status, { ...this.#failureHeaders, ...answer.headers }, answer.body);
  }

  /** Ends the signal before its time, while the request is abortable. */
  abort(reason: WeftError): void {
    if (this.isAbortable) this.#controller?.abort(reason);
  }

  /** Ends the span and the timer of the signal. */
  finish(status: number): void {
    this.#timer?.cancel();
    if (this.#span) finishRequestSpan(this.#span, status);
  }

  #ownSignal(): AbortSignal {
    const controller = new AbortController();
    this.#controller = controller;
    const { signal: gone } = this.inbound;
    if (gone.aborted) controller.abort(gone.reason);
    gone.addEventListener('abort', () => controller.abort(gone.reason), { once: true });
    if (this.deadlineAt === undefined) return controller.signal;
    this.#timer = this.#around.clock.setTimer(this.deadline.leftMs(), () => {
      controller.abort(new WeftError('WEFT_DEADLINE_EXCEEDED', 'the time that the caller gave is up'));
    });
    return controller.signal;
  }

  #startSpan(tracer: Tracer): Span {
    const parent = this.#trace ?? traceFromHeaders(this.inbound.headers);
    return startRequestSpan(tracer, this, parent, this.#around.server);
  }
}

function queryOf(path: string): QueryValues {
  const mark = path.indexOf('?');
  return parseQuery(mark < 0 ? '' : path.slice(mark + 1));
}
