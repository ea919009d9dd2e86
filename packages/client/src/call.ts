import type { AttemptRecord, Body, Clock, InstanceHandle, PickRequest, Span, TraceContext } from '@weft/core';
import { ATTEMPT_HEADER, currentContext, IDEMPOTENCY_HEADER, TIMEOUT_HEADER, WeftError } from '@weft/core';
import { isIdempotent, parseHeaders, parseMethod, parseRequestPath, type RetryState } from '@weft/resilience';
import { childOf, newTrace } from '@weft/tracing';
import type { CallOptions } from './call-options.js';
import type { CallRequest } from './call-request.js';
import { hasHeader } from './has-header.js';
import type { Settings } from './settings.js';
import { parseCount, parseTimeout } from './settings.js';

const JSON_TYPE = ['content-type', 'application/json'];
const TEXT_TYPE = ['content-type', 'text/plain; charset=utf-8'];
const BYTES_TYPE = ['content-type', 'application/octet-stream'];

/** One call under way: what it sends, until when, and what it has tried. Everything is checked before anything is sent. */
export class Call implements PickRequest {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** Names and values in turn, the same for each try. */
  readonly headers: readonly string[];
  readonly body: Body | undefined;
  readonly stream: boolean;
  readonly key: string | undefined;
  readonly operation: string | undefined;
  /** Whether repeating it does no harm and its body can be sent again. */
  readonly idempotent: boolean;
  /** Whether the body is gone once it was sent. */
  readonly consumesBody: boolean;
  readonly startedAt: number;
  /** Instant by which the caller has an answer or an error. */
  readonly deadlineAt: number;
  readonly attemptTimeoutMs: number;
  readonly maxAttempts: number;
  readonly retryDelayMs: number;
  readonly throwOnStatus: boolean;
  readonly trace: TraceContext;
  /** Tries that were made, oldest first. */
  readonly records: AttemptRecord[] = [];
  /** What was used up of its retries; made by the first failure. */
  retry: RetryState | undefined;
  /** Whether a try may have had its effect although it failed. */
  ambiguous = false;
  /** Whether its answer is handed over and a streamed body of it is still to be read. */
  isRead = false;
  /** The try that is on the wire now. */
  current: { end(error: WeftError): void } | undefined;
  /** The call of the same client that began before it. */
  older: Call | undefined;
  /** The call of the same client that began after it. */
  newer: Call | undefined;
  /** Why the call was ended from outside. */
  cancelled: WeftError | undefined;
  /** Wakes the call while it waits between tries. */
  wake: (() => void) | undefined;
  /** What is to be done once when the call is over. */
  onEnd: (() => void) | undefined;
  readonly #tried: InstanceHandle[] = [];
  readonly #maxInstances: number;

  constructor(request: CallRequest, settings: Settings, maxInstances: number, clock: Clock, span?: Span) {
    const { options } = request;
    const ambient = currentContext();
    this.service = request.service;
    this.method = parseMethod(request.method);
    this.path = parseRequestPath(request.path);
    this.body = encodeBody(request.body);
    this.headers = headersOf(request.body, options);
    this.stream = options.stream ?? false;
    this.key = options.key;
    this.operation = options.operation;
    this.consumesBody = isStream(request.body);
    this.idempotent = (options.idempotent ?? isIdempotent(this.method)) && !this.consumesBody;
    const timeoutMs = options.timeout === undefined ? settings.timeoutMs : parseTimeout(options.timeout, 'options.timeout');
    this.startedAt = clock.now();
    this.deadlineAt = Math.min(this.startedAt + timeoutMs, ambient?.deadlineAt ?? Number.POSITIVE_INFINITY);
    this.maxAttempts = 1 + Math.min(retriesOf(options, settings), settings.maxRetries);
    const tries = this.idempotent ? this.maxAttempts : 1;
    this.attemptTimeoutMs = attemptTimeout(options, settings, this.deadlineAt - this.startedAt, tries);
    this.retryDelayMs = settings.retryDelayMs;
    this.throwOnStatus = options.throwOnStatus ?? settings.throwOnStatus;
    this.trace = span?.context ?? (ambient?.trace ? childOf(ambient.trace) : newTrace());
    this.#maxInstances = maxInstances;
  }

  /** Avoids what was tried; once enough different instances were tried, avoids all others. */
  skip(instance: InstanceHandle): boolean {
    return this.#tried.includes(instance) !== this.#tried.length >= this.#maxInstances;
  }

  /** Remembers that an instance was tried. */
  note(instance: InstanceHandle): void {
    if (!this.#tried.includes(instance)) this.#tried.push(instance);
  }

  /** Ends the call from outside: on the wire at once, and whatever it waits for. */
  cancel(error: WeftError): void {
    this.cancelled ??= error;
    this.current?.end(this.cancelled);
    this.wake?.();
  }

  /** The answer or the error is handed over, and a streamed body is read. Idempotent. */
  end(): void {
    const { onEnd } = this;
    this.onEnd = undefined;
    onEnd?.();
  }

  /** How the call is named in messages: `GET users/users/7`. */
  toString(): string {
    return `${this.method} ${this.service}${this.path}`;
  }

  /** The failure that a caller gets, with everything that was tried. */
  failure(last: WeftError, retriesSuppressed?: 'budget' | 'server'): WeftError {
    const tries = this.records.length > 1 ? ` (${this.records.length} tries)` : '';
    return new WeftError(last.code, `${this}: ${last.message}${tries}`, {
      ...(last.cause !== undefined && { cause: last.cause }),
      retryable: last.retryable,
      ambiguous: last.ambiguous || this.ambiguous,
      attempts: this.records,
      ...(last.failure && { failure: last.failure }),
      ...(retriesSuppressed && { retriesSuppressed }),
    });
  }
}

/** Time for one try: what is asked for; all there is when no second try can follow; else a third of it. */
function attemptTimeout(options: CallOptions, settings: Settings, leftMs: number, tries: number): number {
  if (options.attemptTimeout !== undefined) return parseTimeout(options.attemptTimeout, 'options.attemptTimeout');
  if (settings.attemptTimeoutMs !== undefined) return settings.attemptTimeoutMs;
  return tries > 1 ? leftMs / 3 : leftMs;
}

function retriesOf(options: CallOptions, settings: Settings): number {
  return options.retries === undefined ? settings.retries : parseCount(options.retries, 'options.retries');
}

function headersOf(body: unknown, options: CallOptions): readonly string[] {
  const own = options.headers ? givenHeaders(parseHeaders(options.headers), options) : [];
  if (options.idempotencyKey !== undefined) own.push(...parseHeaders({ [IDEMPOTENCY_HEADER]: options.idempotencyKey }));
  if (body === null || body === undefined || hasHeader(own, 'content-type')) return own;
  return [...contentType(body), ...own];
}

/** Without those that a try has of its own: who forwards the headers of a request must not send them twice. */
function givenHeaders(flat: string[], { idempotencyKey }: CallOptions): string[] {
  const ours = [TIMEOUT_HEADER, ATTEMPT_HEADER, ...(idempotencyKey === undefined ? [] : [IDEMPOTENCY_HEADER])];
  if (!ours.some((name) => hasHeader(flat, name))) return flat;
  return flat.filter((_, at) => !ours.includes(flat[at - (at % 2)] ?? ''));
}

function contentType(body: unknown): string[] {
  if (typeof body === 'string') return TEXT_TYPE;
  return body instanceof Uint8Array || isStream(body) ? BYTES_TYPE : JSON_TYPE;
}

function encodeBody(body: unknown): Body | undefined {
  if (body === null || body === undefined) return undefined;
  if (typeof body === 'string' || body instanceof Uint8Array || isStream(body)) return body;
  const text = safeStringify(body);
  if (text === undefined) throw new WeftError('WEFT_INVALID_ARGUMENT', `a body of type ${typeof body} cannot be sent as JSON`);
  return text;
}

function safeStringify(body: unknown): string | undefined {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new WeftError('WEFT_INVALID_ARGUMENT', `the body cannot be sent as JSON: ${(cause as Error).message}`, { cause });
  }
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
