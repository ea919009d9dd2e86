import type { AvailabilitySet, Flight, Judgement } from '@weft/breaker';
import type { Attempt, Body, CircuitBreaker, Clock, Endpoint, Permit, Picked, Reply, Result, ServiceInstance } from '@weft/core';
import { ATTEMPT_HEADER, TIMEOUT_HEADER, TRACEPARENT_HEADER, TRACESTATE_HEADER, WeftError } from '@weft/core';
import type { DeadlineWheel, WheelEntry } from '@weft/resilience';
import { formatTraceparent } from '@weft/tracing';
import type { Call } from './call.js';
import { hasHeader } from './has-header.js';

/** The service that a try goes to, as far as a try needs it. */
export interface TryTarget {
  readonly clock: Clock;
  readonly wheel: DeadlineWheel;
  readonly availability: AvailabilitySet;
  readonly breaker: CircuitBreaker | undefined;
  /** @throws WEFT_NO_INSTANCE when no transport speaks any of its endpoints */
  endpointOf(instance: ServiceInstance): Endpoint;
  /** Carries a try over the transport of its endpoint. */
  transmit(attempt: Attempt): Promise<Reply>;
}

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
  /** The service it goes to. */
  readonly target: TryTarget;
  /** Itself: what a copy that a middleware has made came from. */
  readonly origin: Try;
  readonly #call: Call;
  readonly #picked: Picked;
  readonly #permit: Permit | undefined;
  readonly #flight: Flight;
  #armed: WheelEntry | undefined;
  #isRead = false;
  #onEnded: ((error: WeftError) => void) | undefined;

  constructor(target: TryTarget, call: Call, picked: Picked, permit: Permit | undefined, nowMs: number) {
    const { instance } = picked.instance;
    const endAt = Math.min(call.deadlineAt, nowMs + call.attemptTimeoutMs);
    this.instance = instance;
    this.endpoint = target.endpointOf(instance);
    this.method = call.method;
    this.path = call.path;
    this.headers = attemptHeaders(call, endAt - nowMs);
    this.body = call.body;
    this.operation = call.operation;
    this.stream = call.stream;
    this.abort = undefined;
    this.ended = undefined;
    this.startedAt = nowMs;
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

  /** Tells everybody how it went, the balancer last: that may be the user's own. */
  finish(reply: Reply | undefined, error: WeftError | undefined): void {
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
    this.#picked.done({ result, durationMs });
  }

  /**
   * A service fails when nobody of it answers well. A 4xx is no failure and no success, but half-open it closes the
   * breaker: the service answers, and one that answers nothing else would stay half-open for ever.
   */
  #resultForService(result: Result, reply: Reply | undefined): Result {
    const { availability, breaker } = this.target;
    if (result === 'failed') return availability.allFailing() ? 'failed' : 'ignored';
    return result === 'ignored' && reply && breaker?.isHalfOpen() ? 'ok' : result;
  }

  /** Whether not its own time ran out but the call's, and too early to take the instance for frozen. */
  #isCutShort(error: WeftError | undefined, durationMs: number): boolean {
    return error?.failure === 'timeout' && durationMs < FAIR_CHANCE_MS && durationMs < this.#call.attemptTimeoutMs;
  }

  /** Takes it off the deadline wheel. Harmless when it is off already. */
  disarm(): void {
    if (this.#armed) this.target.wheel.disarm(this.#armed);
    this.#armed = undefined;
  }
}

/** 5xx and wire failures are failed; 4xx, cancels and local refusals say nothing about the instance. */
function resultOf(reply: Reply | undefined, error: WeftError | undefined): Result {
  if (reply) return reply.status >= 500 ? 'failed' : reply.status >= 400 ? 'ignored' : 'ok';
  return error?.failure && !isOurs(error) ? 'failed' : 'ignored';
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

function attemptHeaders(call: Call, leftMs: number): string[] {
  const headers = [...call.headers];
  if (!hasHeader(call.headers, TRACEPARENT_HEADER)) {
    headers.push(TRACEPARENT_HEADER, formatTraceparent(call.trace));
    if (call.trace.state && !hasHeader(call.headers, TRACESTATE_HEADER)) headers.push(TRACESTATE_HEADER, call.trace.state);
  }
  if (leftMs < Number.POSITIVE_INFINITY) headers.push(TIMEOUT_HEADER, String(Math.max(1, Math.floor(leftMs))));
  if (call.records.length > 0) headers.push(ATTEMPT_HEADER, String(call.records.length + 1));
  return headers;
}
