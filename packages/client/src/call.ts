import { randomUUID } from 'node:crypto';
import type { AttemptRecord, Body, InstanceHandle, PickRequest, ServiceInstance, Snapshot, TraceContext } from '@weft/core';
import { ATTEMPT_HEADER, currentContext, IDEMPOTENCY_HEADER, TIMEOUT_HEADER, WeftError } from '@weft/core';
import { isIdempotent, parseHeaders, parseMethod, parseRequestPath, type RetryState } from '@weft/resilience';
import { childOf, newTrace } from '@weft/tracing';
import type { CallOptions } from './call-options.js';
import type { CallRequest } from './call-request.js';
import type { CallRule, CallScene } from './call-scene.js';
import type { CallTarget } from './call-target.js';
import { hasHeader, headerValue } from './has-header.js';
import { isIdempotencyKey, memoryOf, parseIdempotencyKey } from './idempotency-key.js';
import type { Plan } from './plan.js';
import type { Settings } from './settings.js';
import { parseCount, parseTimeout } from './settings.js';

const JSON_TYPE = ['content-type', 'application/json'];
const TEXT_TYPE = ['content-type', 'text/plain; charset=utf-8'];
const BYTES_TYPE = ['content-type', 'application/octet-stream'];

/** A try, as far as its key matters. */
interface KeyedTry {
  readonly remembers: 'shared' | 'local' | undefined;
  readonly handle: InstanceHandle;
}

/** What a fallback has answered instead of. */
export interface ReplacedFailure {
  /** Which rule had ended the call. */
  readonly rule: CallRule;
  /** What it would have failed with. */
  readonly error: WeftError;
}

/** What failed, for `explain`. */
const failed = new WeakMap<WeftError, Call>();

/** One call under way: what it sends, until when, and what it has tried. Everything is checked before anything is sent. */
export class Call implements PickRequest {
  /** As it was asked for. */
  readonly request: CallRequest;
  /** The service that it goes to. */
  readonly target: CallTarget;
  /** Begins another call to the service, that belongs to no caller and ends with nobody's. */
  readonly apart: (request: CallRequest, trace: TraceContext) => Call;
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** Names and values in turn, the same for each try. */
  readonly headers: readonly string[];
  readonly body: Body | undefined;
  readonly stream: boolean;
  readonly key: string | undefined;
  readonly operation: string | undefined;
  /** The policies that govern it. */
  readonly plan: Plan;
  /** Whether repeating it does no harm and its body can be sent again. */
  readonly idempotent: boolean;
  /** Whether the body is gone once it was sent. */
  readonly consumesBody: boolean;
  readonly startedAt: number;
  /** Instant by which the caller has an answer or an error. */
  readonly deadlineAt: number;
  readonly attemptTimeoutMs: number;
  /** The same for a try that can be repeated because its instance remembers answers by key. */
  readonly keyedAttemptTimeoutMs: number;
  readonly maxAttempts: number;
  readonly retryDelayMs: number;
  readonly throwOnStatus: boolean;
  readonly trace: TraceContext;
  /** Tries that were made, oldest first. */
  readonly records: AttemptRecord[] = [];
  /** How many that is, with those that are on the wire. */
  made = 0;
  /** What was used up of its retries; made by the first failure. */
  retry: RetryState | undefined;
  /** Whether a try may have had its effect although it failed. */
  ambiguous = false;
  /** Instant of the try that is about to be made, for balancers. */
  nowMs: number;
  /** Which rule ended it, for `explain`. */
  rule: CallRule = 'answered';
  /** What was known when it failed. */
  scene: CallScene | undefined;
  /** What its fallback stands for. */
  replaced: ReplacedFailure | undefined;
  /** Whether it has counted as a failure of its service, which a call does once however often it is tried. */
  isHeldAgainst = false;
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
  /** The place that it takes in a bulkhead. */
  place: { leave(): void } | undefined;
  #idempotencyKey: string | undefined;
  /** The only one that may get a further try: it alone remembers what it did for the key of this call. */
  #pinned: InstanceHandle | undefined;
  /** Whether a try may have had its effect, so that further ones go only where its key is known. */
  #isKeyed = false;
  readonly #tried: InstanceHandle[] = [];

  /** @param trace position of the call in a trace; a part of the request that is handled, or a new one, unless given */
  constructor(request: CallRequest, target: CallTarget, apart: Call['apart'], trace?: TraceContext) {
    const { options } = request;
    const ambient = currentContext();
    this.request = request;
    this.target = target;
    this.apart = apart;
    this.service = target.service;
    this.method = parseMethod(request.method);
    this.path = parseRequestPath(request.path);
    this.plan = target.plans.of(this.method, this.path);
    const { plan } = this;
    this.body = encodeBody(request.body);
    this.headers = headersOf(request.body, options);
    this.stream = options.stream ?? false;
    this.key = options.key;
    this.operation = options.operation;
    this.consumesBody = isStream(request.body);
    this.idempotent = (options.idempotent ?? plan.idempotent ?? isIdempotent(this.method)) && !this.consumesBody;
    this.#idempotencyKey = options.idempotencyKey ?? headerValue(this.headers, IDEMPOTENCY_HEADER);
    const timeoutMs = options.timeout === undefined ? plan.timeoutMs : parseTimeout(options.timeout, 'options.timeout');
    this.startedAt = target.clock.now();
    this.nowMs = this.startedAt;
    this.deadlineAt = Math.min(this.startedAt + timeoutMs, ambient?.deadlineAt ?? Number.POSITIVE_INFINITY);
    this.maxAttempts = 1 + Math.min(retriesOf(options, plan), plan.maxRetries);
    const leftMs = this.deadlineAt - this.startedAt;
    this.keyedAttemptTimeoutMs = attemptTimeout(options, plan, leftMs, this.maxAttempts);
    this.attemptTimeoutMs = this.idempotent ? this.keyedAttemptTimeoutMs : attemptTimeout(options, plan, leftMs, 1);
    this.retryDelayMs = plan.retryDelayMs;
    this.throwOnStatus = options.throwOnStatus ?? plan.throwOnStatus;
    this.trace = trace ?? (ambient?.trace ? childOf(ambient.trace) : newTrace());
  }

  /** The call that failed with an error. */
  static of(failure: WeftError): Call | undefined {
    return failed.get(failure);
  }

  /** The key that names its effect, where an instance remembers answers by key; undefined when it needs none. */
  keyFor(instance: ServiceInstance): string | undefined {
    if (this.idempotent || this.consumesBody || !memoryOf(instance)) return undefined;
    this.#idempotencyKey ??= randomUUID();
    return isIdempotencyKey(this.#idempotencyKey) ? this.#idempotencyKey : undefined;
  }

  /** Avoids what was tried; once enough different instances were tried, avoids all others. */
  skip(instance: InstanceHandle): boolean {
    if (this.#isKeyed && !this.#mayGoTo(instance)) return true;
    if (this.#pinned) return false;
    return this.#tried.includes(instance) !== this.#tried.length >= this.target.maxInstances;
  }

  /** Those of a list that the next try may go to: where it cannot do twice what an earlier one may have done. */
  among(list: Snapshot): Snapshot {
    return this.#isKeyed ? list.filter((handle) => this.#mayGoTo(handle)) : list;
  }

  #mayGoTo(handle: InstanceHandle): boolean {
    if (this.#pinned) return handle === this.#pinned;
    return memoryOf(handle.instance) === 'shared';
  }

  /** A try may have had its effect: only who remembers that, by the key of this call, may get the next one. */
  goOnOnlyWhere({ remembers, handle }: KeyedTry): void {
    this.#isKeyed = true;
    if (remembers === 'local') this.#pinned = handle;
  }

  /** Remembers that an instance was tried. */
  note(instance: InstanceHandle): void {
    this.made++;
    if (!this.#tried.includes(instance)) this.#tried.push(instance);
  }

  /** Ends the call from outside: on the wire at once, and whatever it waits for. */
  cancel(error: WeftError): void {
    this.cancelled ??= error;
    this.current?.end(this.cancelled);
    this.wake?.();
  }

  /** Gives its place in a bulkhead back. Idempotent. */
  leave(): void {
    const { place } = this;
    this.place = undefined;
    place?.leave();
  }

  /** The answer or the error is handed over, and a streamed body is read. Idempotent. */
  end(): void {
    const { onEnd } = this;
    this.onEnd = undefined;
    onEnd?.();
    this.leave();
  }

  /** How the call is named in messages: `GET users/users/7`. */
  toString(): string {
    return `${this.method} ${this.service}${withoutQuery(this.path)}`;
  }

  /** The failure that a caller gets, with everything that was tried. */
  failure(last: WeftError, rule: CallRule, retriesSuppressed?: 'budget' | 'server'): WeftError {
    this.rule = rule;
    const tries = this.records.length > 1 ? ` (${this.records.length} tries)` : '';
    const failure = new WeftError(last.code, `${this}: ${last.message}${tries}`, {
      ...(last.cause !== undefined && { cause: last.cause }),
      retryable: last.retryable,
      ambiguous: last.ambiguous || this.ambiguous,
      attempts: this.records,
      ...(last.failure && { failure: last.failure }),
      ...(retriesSuppressed && { retriesSuppressed }),
    });
    this.scene = this.target.scene();
    failed.set(failure, this);
    return failure;
  }
}

/** A query may hold what is nobody else's business: it is not told in messages. */
export function withoutQuery(path: string): string {
  const mark = path.indexOf('?');
  return mark < 0 ? path : path.slice(0, mark);
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
  const { idempotencyKey } = options;
  if (idempotencyKey !== undefined) own.push(...parseHeaders({ [IDEMPOTENCY_HEADER]: parseIdempotencyKey(idempotencyKey) }));
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
