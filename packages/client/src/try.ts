import type { Flight, Judgement } from '@weft/breaker';
import type { Attempt, Body, Endpoint, InstanceHandle, Permit, Picked, Reply, Result, ServiceInstance } from '@weft/core';
import { ATTEMPT_HEADER, IDEMPOTENCY_HEADER, TIMEOUT_HEADER, TRACEPARENT_HEADER, TRACESTATE_HEADER, WeftError } from '@weft/core';
import { parseRetryAfter, type WheelEntry } from '@weft/resilience';
import { formatTraceparent } from '@weft/tracing';
import type { Call } from './call.js';
import type { CallTarget } from './call-target.js';
import { hasHeader } from './has-header.js';
import { memoryOf } from './idempotency-key.js';

/** A try that had less time than this and ran out of the call's says little about the instance, in ms (semantics 10a, stall). */
const FAIR_CHANCE_MS = 1_000;

/** One try on its way. The deadline wheel ends it on the wire when its time is up. */
export class Try implements Attempt {
  readonly instance: ServiceInstance;
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly path: string;
  readonly headers: string[];
  readonly body: Body | undefined;
  readonly operation: string | undefined;
  readonly stream: boolean;
  abort: ((error: Error) => void) | undefined;
  /** Set when the try was ended before a transport could take it. */
  ended: WeftError | undefined;
  /** Instant on the client's clock. */
  readonly startedAt: number;
  /** Instant by which it has to be answered. */
  readonly endAt: number;
  /** The service it goes to. */
  readonly target: CallTarget;
  /** By which it was picked. */
  readonly handle: InstanceHandle;
  /** Who remembers the answer under the key it carries: all instances, or this one; undefined when it carries none. */
  readonly remembers: 'shared' | 'local' | undefined;
  /** Itself: what a copy that a middleware has made came from. */
  readonly origin: Try;
  readonly #call: Call;
  readonly #picked: Picked;
  readonly #permit: Permit | undefined;
  readonly #flight: Flight;
  readonly #limitMs: number;
  #armed: WheelEntry | undefined;
  #isFinished = false;
  #isRead = false;
  #onEnded: ((error: WeftError) => void) | undefined;

  constructor(target: CallTarget, call: Call, picked: Picked, permit: Permit | undefined, nowMs: number) {
    const { instance } = picked.instance;
    const key = call.keyFor(instance);
    this.#limitMs = key === undefined ? call.attemptTimeoutMs : call.keyedAttemptTimeoutMs;
    const endAt = Math.min(call.deadlineAt, nowMs + this.#limitMs);
    this.handle = picked.instance;
    this.remembers = key === undefined ? undefined : memoryOf(instance);
    this.instance = instance;
    this.endpoint = target.endpointOf(instance);
    this.method = call.method;
    this.path = call.path;
    this.headers = attemptHeaders(call, endAt - nowMs, key);
    this.body = call.body;
    this.operation = call.operation;
    this.stream = call.stream;
    this.abort = undefined;
    this.ended = undefined;
    this.startedAt = nowMs;
    this.endAt = endAt;
    this.target = target;
    this.origin = this;
    this.#call = call;
    this.#picked = picked;
    this.#permit = permit;
    this.#flight = target.availability.begin(picked.instance, nowMs);
    this.#armed = endAt < Number.POSITIVE_INFINITY ? target.wheel.arm(endAt, this) : undefined;
  }

  /** Called by the deadline wheel. */
  expire(): void {
    const over = this.target.clock.now() >= this.#call.deadlineAt;
    const message = over ? 'no answer within the call’s timeout' : `no answer from ${this.instance.id} within the try’s timeout`;
    this.end(new WeftError('WEFT_DEADLINE_EXCEEDED', message, { failure: 'timeout', ambiguous: true }));
  }

  /** Ends it on the wire, or before it gets there. */
  end(error: WeftError): void {
    this.ended ??= error;
    this.abort?.(this.ended);
    this.#onEnded?.(this.ended);
    if (this.#isRead) this.#call.end();
  }

  /** Rejects when the try is ended: for middlewares, which may be busy with something that cannot be aborted. */
  whenEnded(): Promise<never> {
    return new Promise((_, reject) => {
      this.#onEnded = reject;
      if (this.ended) reject(this.ended);
    });
  }

  /** Lets go of an answer that will not be read. */
  discard(): void {
    this.disarm();
    if (this.stream) this.abort?.(new WeftError('WEFT_CANCELLED', 'another try is made'));
  }

  /** Its answer is handed over in pieces: no other try can follow, so all the time of the call is there for reading. */
  handOver(): void {
    const { deadlineAt } = this.#call;
    this.#isRead = true;
    if (deadlineAt < Number.POSITIVE_INFINITY) this.#armed = this.target.wheel.arm(deadlineAt, this);
  }

  /** Tells everybody how it went, the balancer last: that may be the user's own. Only the first time. */
  finish(reply: Reply | undefined, error: WeftError | undefined): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    const nowMs = this.target.clock.now();
    const durationMs = nowMs - this.startedAt;
    const result = resultOf(reply, error);
    this.disarm();
    const judged = judgementOf(result, reply, error);
    this.target.availability.end(
      this.#flight,
      judged === 'unreachable' && this.#isCutShort(error, durationMs) ? 'bad' : judged,
      nowMs,
    );
    this.#permit?.done(this.#resultForService(result, reply), durationMs);
    this.#call.records.push({ instance: this.instance.id, outcome: outcomeOf(reply, error), durationMs });
    const pushbackMs = reply && reply.status >= 400 ? pushbackOf(reply) : undefined;
    this.#picked.done(pushbackMs === undefined ? { result, durationMs } : { result, durationMs, pushbackMs });
  }

  /**
   * A service fails when nobody of it answers well. A 4xx is no failure and no success, but half-open it closes the
   * breaker: the service answers, and one that answers nothing else would stay half-open for ever.
   */
  #resultForService(result: Result, reply: Reply | undefined): Result {
    if (result === 'failed') return this.#isHeldAgainstService() ? 'failed' : 'ignored';
    return result === 'ignored' && reply && reply.status < 500 && this.target.breaker?.isHalfOpen() ? 'ok' : result;
  }

  /**
   * A call counts once, however often it is tried: the tries of one call that meets a restart would open the breaker within
   * milliseconds, for 30 s. A probe of a half-open breaker always counts.
   */
  #isHeldAgainstService(): boolean {
    const { availability, breaker } = this.target;
    if (!breaker || !availability.allFailing()) return false;
    const isNews = !this.#call.isHeldAgainst || breaker.isHalfOpen();
    this.#call.isHeldAgainst = true;
    return isNews;
  }

  /** Whether not its own time ran out but the call's, and too early to take the instance for frozen. */
  #isCutShort(error: WeftError | undefined, durationMs: number): boolean {
    return error?.failure === 'timeout' && durationMs < FAIR_CHANCE_MS && durationMs < this.#limitMs;
  }

  /** Takes it off the deadline wheel. Harmless when it is off already. */
  disarm(): void {
    if (this.#armed) this.target.wheel.disarm(this.#armed);
    this.#armed = undefined;
  }
}

/**
 * 5xx and wire failures are failed; 4xx, cancels and local refusals say nothing about the instance. Nor does who says when to
 * come again: it is well, and busy. Nor a connection that was just being closed: the next one shows whether anybody is there.
 */
function resultOf(reply: Reply | undefined, error: WeftError | undefined): Result {
  if (reply) return reply.status < 400 ? 'ok' : reply.status < 500 || pushbackOf(reply) !== undefined ? 'ignored' : 'failed';
  return error?.failure && error.failure !== 'stale' && !isOurs(error) ? 'failed' : 'ignored';
}

/** Ended by our side before it was sent: cancelled, or its time was up while it waited for a free connection. */
function isOurs({ code, failure, ambiguous }: WeftError): boolean {
  return code === 'WEFT_CANCELLED' || (failure === 'timeout' && !ambiguous);
}

/** A 4xx shows that the instance answers; what is no valid answer is a bad one. */
function judgementOf(result: Result, reply: Reply | undefined, error: WeftError | undefined): Judgement {
  if (result === 'failed') return reply || error?.failure === 'protocol' ? 'bad' : 'unreachable';
  return result === 'ignored' && reply ? 'answered' : result;
}

function outcomeOf(reply: Reply | undefined, error: WeftError | undefined): string {
  return reply ? `status ${reply.status}` : (error?.failure ?? error?.code ?? 'unknown');
}

/** For how long an instance asks to be left alone. */
function pushbackOf({ status, headers }: Reply): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  return parseRetryAfter(headers['retry-after']) ?? (status === 429 ? 0 : undefined);
}

function attemptHeaders(call: Call, leftMs: number, key: string | undefined): string[] {
  const timeout = leftMs < Number.POSITIVE_INFINITY ? String(Math.max(1, Math.floor(leftMs))) : undefined;
  const isPlain = call.headers.length === 0 && call.made === 0 && key === undefined && !call.trace.state;
  if (isPlain && timeout) return [TRACEPARENT_HEADER, formatTraceparent(call.trace), TIMEOUT_HEADER, timeout];
  const headers = [...call.headers];
  if (key !== undefined && !hasHeader(headers, IDEMPOTENCY_HEADER)) headers.push(IDEMPOTENCY_HEADER, key);
  if (!hasHeader(call.headers, TRACEPARENT_HEADER)) {
    headers.push(TRACEPARENT_HEADER, formatTraceparent(call.trace));
    if (call.trace.state && !hasHeader(call.headers, TRACESTATE_HEADER)) headers.push(TRACESTATE_HEADER, call.trace.state);
  }
  if (timeout) headers.push(TIMEOUT_HEADER, timeout);
  if (call.made > 0) headers.push(ATTEMPT_HEADER, String(call.made + 1));
  return headers;
}
