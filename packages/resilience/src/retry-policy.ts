import { type HeaderMap, type Random, RETRY_HEADER, type Reply, type TransportFailure, WeftError } from '@weft/core';
import { backoffMs } from './backoff.js';
import { parseRetryAfter } from './retry-after.js';
import type { RetryBudget } from './retry-budget.js';

/** What one call has used up of its retries. Made after its first failure: a call that succeeds needs none. */
export interface RetryState {
  /** Tries that count, the first one included. */
  attempts: number;
  /** Tries that were repeated because the request had certainly not been sent. */
  transparent: number;
  /** Whether the one repetition after a 500 was used. */
  after500: boolean;
}

/** The state of a call whose first try has just failed. */
export function createRetryState(): RetryState {
  return { attempts: 1, transparent: 0, after500: false };
}

/** What is fixed for a call, and what is left of it at this moment. */
export interface RetryLimits {
  /** By its method, by the caller's word, or by an idempotency key that the service honours. */
  readonly idempotent: boolean;
  /** The body came in pieces and some were read: it cannot be sent again. */
  readonly bodyConsumed: boolean;
  /** Tries that may count, the first one included. */
  readonly maxAttempts: number;
  /** What is left of the call's time, in ms. */
  readonly leftMs: number;
  /** First backoff in ms. */
  readonly retryDelayMs: number;
  /** The instant of the failure on the clock that the budget is kept by. */
  readonly nowMs: number;
  /** Whether there is an instance that this call has not tried; true unless set. */
  readonly isElsewhereLeft?: boolean;
  /** The budget of the service that is called. */
  readonly budget: RetryBudget;
  readonly random: Random;
}

/**
 * Why no further try follows: no time is left; its body is gone; such an outcome is never repeated; it may not be repeated
 * twice; the tries are used up; nobody else is left to try; the pause that was asked for lasts past the deadline; or what
 * `suppressed` says.
 */
export type RetryRefusal =
  | 'time'
  | 'body'
  | 'final'
  | 'not-idempotent'
  | 'attempts'
  | 'nobody-else'
  | 'pause'
  | 'budget'
  | 'server';

/** What follows a failed try. */
export type RetryDecision =
  | {
      readonly retry: false;
      /** Why. */
      readonly because: RetryRefusal;
      /** Set when a retry would have been right but was forbidden. */
      readonly suppressed?: 'budget' | 'server';
    }
  | {
      readonly retry: true;
      /** Wait so many ms first. */
      readonly afterMs: number;
      /** Whether the next try counts as an attempt. */
      readonly counted: boolean;
      /** Only on an instance that this call has not tried: with none left, the failure stands. */
      readonly elsewhere: boolean;
    };

/** Retries after failures that never reached a server, per call (semantics 5). */
export const MAX_TRANSPARENT_RETRIES = 3;

const REFUSED = {
  time: { retry: false, because: 'time' },
  body: { retry: false, because: 'body' },
  final: { retry: false, because: 'final' },
  'not-idempotent': { retry: false, because: 'not-idempotent' },
  attempts: { retry: false, because: 'attempts' },
  'nobody-else': { retry: false, because: 'nobody-else' },
  pause: { retry: false, because: 'pause' },
  budget: { retry: false, because: 'budget', suppressed: 'budget' },
  server: { retry: false, because: 'server', suppressed: 'server' },
} as const satisfies Readonly<Record<RetryRefusal, RetryDecision>>;
const AT_ONCE: RetryDecision = { retry: true, afterMs: 0, counted: false, elsewhere: false };

/** Failures before the wire, or on it before the first byte: as good as not having been tried. */
const UNSENT: ReadonlySet<TransportFailure> = new Set(['refused', 'connect-timeout', 'reset', 'stale']);
const REPEATABLE_STATUS: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** Whether `decideRetry` could say yes to an answer with this status: a cheap question for the way of success. */
export function isRetryableStatus(status: number): boolean {
  return status === 429 || REPEATABLE_STATUS.has(status);
}

/**
 * Decides what follows a failed try and notes it in `state`: the error of a try that got no answer, or an answer.
 * Certainly unsent requests are repeated at once, at most 3 per call, whatever the method; those that found no free
 * connection are repeated on another instance and count. Idempotent ones are repeated after resets, per-try timeouts,
 * 502, 503, 504, 429 with Retry-After, and once after 500 on another instance, with full jitter or as Retry-After says. After a
 * 429 another instance that was not tried is asked at once; so it is, whatever the method, after an answer that says that nothing
 * was done (`x-request-retry: yes`).
 * The budget is asked last, so that only retries that are made are taken from it.
 *
 * Source: semantics 5 to 9; gRFC A6 (transparent retry, pushback).
 */
export function decideRetry(state: RetryState, failed: WeftError | Reply, limits: RetryLimits): RetryDecision {
  if (limits.leftMs <= 0) return REFUSED.time;
  if (limits.bodyConsumed) return REFUSED.body;
  if (failed instanceof WeftError) return afterError(state, failed, limits);
  return afterAnswer(state, failed.status, failed.headers, limits);
}

function afterError(state: RetryState, error: WeftError, limits: RetryLimits): RetryDecision {
  const failure = error.failure;
  if (error.code === 'WEFT_OVERLOADED') return counted(state, { ...limits, idempotent: true }, undefined, true);
  if (failure === undefined || failure === 'protocol') return REFUSED.final;
  const isHarmless = !error.ambiguous || (failure === 'stale' && limits.idempotent);
  if (isHarmless && UNSENT.has(failure) && state.transparent < MAX_TRANSPARENT_RETRIES) {
    state.transparent++;
    return AT_ONCE;
  }
  return counted(state, limits, undefined, false);
}

function afterAnswer(state: RetryState, status: number, headers: HeaderMap, limits: RetryLimits): RetryDecision {
  const retryAfterMs = parseRetryAfter(headers['retry-after']);
  // One instance that has enough says nothing of the others.
  const isElsewhere = status === 429 && limits.isElsewhereLeft === true;
  if (!REPEATABLE_STATUS.has(status) && !isElsewhere && !(status === 429 && retryAfterMs !== undefined)) return REFUSED.final;
  if (headers[RETRY_HEADER] === 'no') return REFUSED.server;
  if (headers[RETRY_HEADER] === 'yes') return afterRefusal(state, limits, retryAfterMs);
  if (isElsewhere) return counted(state, limits, 0, true);
  if (status === 500 && state.after500) return REFUSED.final;
  const decision = counted(state, limits, retryAfterMs, status === 500);
  if (status === 500 && decision.retry) state.after500 = true;
  return decision;
}

/** Nothing was done: whatever the method, another instance is asked at once, else this one when it wants to be asked again. */
function afterRefusal(state: RetryState, limits: RetryLimits, retryAfterMs: number | undefined): RetryDecision {
  const isElsewhere = limits.isElsewhereLeft !== false;
  return counted(state, { ...limits, idempotent: true }, isElsewhere ? 0 : retryAfterMs, isElsewhere);
}

function counted(state: RetryState, limits: RetryLimits, retryAfterMs: number | undefined, elsewhere: boolean): RetryDecision {
  if (!limits.idempotent) return REFUSED['not-idempotent'];
  if (state.attempts >= limits.maxAttempts) return REFUSED.attempts;
  const afterMs = retryAfterMs ?? backoffMs(state.attempts - 1, limits.retryDelayMs, limits.random);
  if (elsewhere && limits.isElsewhereLeft === false) return REFUSED['nobody-else'];
  if (afterMs >= limits.leftMs) return REFUSED.pause;
  if (!limits.budget.tryRetry(limits.nowMs)) return REFUSED.budget;
  state.attempts++;
  return { retry: true, afterMs, counted: true, elsewhere };
}
