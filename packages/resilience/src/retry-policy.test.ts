import { type HeaderMap, type TransportFailure, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { createRetryState, decideRetry, isIdempotent, isRetryableStatus, RetryBudget, type RetryLimits } from './index.js';

function limits(part: Partial<RetryLimits> = {}): RetryLimits {
  return {
    idempotent: true,
    bodyConsumed: false,
    maxAttempts: 4,
    leftMs: 10_000,
    retryDelayMs: 25,
    nowMs: 1_000,
    budget: new RetryBudget(),
    random: () => 0.5,
    ...part,
  };
}

const answer = (status: number, headers: HeaderMap = {}) => ({ status, headers });
const wire = (failure: TransportFailure, ambiguous: boolean) => new WeftError('WEFT_UNAVAILABLE', 'gone', { failure, ambiguous });
const first = (failed: Parameters<typeof decideRetry>[1], part?: Partial<RetryLimits>) =>
  decideRetry(createRetryState(), failed, limits(part));

describe('decideRetry', () => {
  it.each(['refused', 'connect-timeout', 'reset'] as const)(
    'repeats a request that was certainly not sent (%s) at once, whatever the method, at most 3 times',
    (failure) => {
      const state = createRetryState();
      const decide = () => decideRetry(state, wire(failure, false), limits({ idempotent: false }));
      for (let retry = 0; retry < 3; retry++) {
        expect(decide()).toEqual({ retry: true, afterMs: 0, counted: false, elsewhere: false });
      }
      expect(decide()).toEqual({ retry: false, because: 'not-idempotent' });
      expect(state.attempts).toBe(1);
    },
  );

  it('goes on with counted attempts for an idempotent call after 3 unsent ones', () => {
    const state = createRetryState();
    for (let retry = 0; retry < 3; retry++) decideRetry(state, wire('refused', false), limits());
    expect(decideRetry(state, wire('refused', false), limits())).toMatchObject({ retry: true, counted: true });
  });

  it.each([
    ['a reset after sending', wire('reset', true)],
    ['a per-try timeout', new WeftError('WEFT_DEADLINE_EXCEEDED', 'slow', { failure: 'timeout', ambiguous: true })],
    ['502', answer(502)],
    ['503', answer(503)],
    ['504', answer(504)],
    ['429 with Retry-After', answer(429, { 'retry-after': '1' })],
  ])('repeats an idempotent call, and no other, after %s', (_, failed) => {
    expect(first(failed)).toMatchObject({ retry: true, counted: true, elsewhere: false });
    expect(first(failed, { idempotent: false })).toEqual({ retry: false, because: 'not-idempotent' });
  });

  it('repeats any call that found no free connection, elsewhere only, as a counted attempt', () => {
    const full = new WeftError('WEFT_OVERLOADED', 'no connection came free');
    expect(first(full, { idempotent: false })).toMatchObject({ retry: true, counted: true, elsewhere: true });
  });

  it('takes nothing from the budget for a retry elsewhere when there is nowhere else', () => {
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 0.1 });
    expect(first(answer(500), { budget, isElsewhereLeft: false })).toEqual({ retry: false, because: 'nobody-else' });
    expect(first(answer(503), { budget, isElsewhereLeft: false })).toMatchObject({ retry: true });
  });

  it('repeats an idempotent call once after 500, elsewhere only', () => {
    const state = createRetryState();
    expect(decideRetry(state, answer(500), limits())).toMatchObject({ retry: true, elsewhere: true });
    expect(decideRetry(state, answer(500), limits())).toEqual({ retry: false, because: 'final' });
  });

  it.each([400, 401, 403, 404, 408, 409, 422, 429, 501, 505])('never repeats after %d', (status) => {
    expect(first(answer(status))).toEqual({ retry: false, because: 'final' });
  });

  it.each([
    ['a malformed answer', new WeftError('WEFT_PROTOCOL_ERROR', 'garbage', { failure: 'protocol', ambiguous: true })],
    ['a cancelled call', new WeftError('WEFT_CANCELLED', 'cancelled')],
    ['an open breaker', new WeftError('WEFT_BREAKER_OPEN', 'open')],
    ['an oversized answer', new WeftError('WEFT_RESPONSE_TOO_LARGE', 'large')],
  ])('never repeats after %s', (_, failed) => {
    expect(first(failed)).toEqual({ retry: false, because: 'final' });
  });

  it('asks another instance at once after a 429, with or without Retry-After, while one is left', () => {
    const elsewhere = { retry: true, afterMs: 0, counted: true, elsewhere: true };
    expect(first(answer(429, { 'retry-after': '9' }), { isElsewhereLeft: true })).toEqual(elsewhere);
    expect(first(answer(429), { isElsewhereLeft: true })).toEqual(elsewhere);
    expect(first(answer(429), { isElsewhereLeft: true, idempotent: false })).toMatchObject({ because: 'not-idempotent' });
    expect(first(answer(429, { 'retry-after': '1' }), { isElsewhereLeft: false })).toMatchObject({ retry: true, afterMs: 1_000 });
  });

  it('asks another instance at once, whatever the method, when the answer says that nothing was done', () => {
    const refused = answer(503, { 'x-request-retry': 'yes', 'retry-after': '1' });
    const elsewhere = { retry: true, afterMs: 0, counted: true, elsewhere: true };
    expect(first(refused, { idempotent: false, isElsewhereLeft: true })).toEqual(elsewhere);
    expect(first(refused, { idempotent: false, isElsewhereLeft: false })).toMatchObject({ retry: true, afterMs: 1_000 });
    expect(first(refused, { idempotent: false, bodyConsumed: true })).toMatchObject({ retry: false, because: 'body' });
  });

  it('repeats an idempotent call outside of its tries when a reused connection was just being closed', () => {
    expect(first(wire('stale', true))).toEqual({ retry: true, afterMs: 0, counted: false, elsewhere: false });
    expect(first(wire('stale', true), { idempotent: false })).toMatchObject({ retry: false, because: 'not-idempotent' });
    expect(first(wire('stale', false), { idempotent: false })).toMatchObject({ retry: true, counted: false });
  });

  it('obeys a server that says its callers shall not retry (R52)', () => {
    expect(first(answer(503, { 'x-request-retry': 'no' }))).toEqual({ retry: false, because: 'server', suppressed: 'server' });
  });

  it('never repeats a call whose streamed body was read', () => {
    expect(first(wire('refused', false), { bodyConsumed: true })).toEqual({ retry: false, because: 'body' });
    expect(first(answer(503), { bodyConsumed: true })).toEqual({ retry: false, because: 'body' });
  });

  it('waits as long as Retry-After says, and fails now when that lies past the deadline (R53)', () => {
    const failed = answer(503, { 'retry-after': '2' });
    expect(first(failed)).toMatchObject({ retry: true, afterMs: 2_000 });
    expect(first(failed, { leftMs: 2_000 })).toEqual({ retry: false, because: 'pause' });
    expect(first(wire('refused', false), { leftMs: 0 })).toEqual({ retry: false, because: 'time' });
  });

  it('backs off with full jitter', () => {
    const state = createRetryState();
    const waits = [1, 2, 3].map(() => {
      const decision = decideRetry(state, answer(503), limits());
      return decision.retry && decision.afterMs;
    });
    expect(waits).toEqual([12.5, 25, 50]);
  });

  it('makes no more attempts than allowed', () => {
    const state = createRetryState();
    const decide = () => decideRetry(state, answer(503), limits({ maxAttempts: 3 }));
    expect([decide().retry, decide().retry, decide().retry]).toEqual([true, true, false]);
    expect(state.attempts).toBe(3);
  });

  it('tells when the budget is spent, and takes nothing from it for retries that are not made', () => {
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 0.1 });
    expect(first(answer(503), { budget, idempotent: false })).toEqual({ retry: false, because: 'not-idempotent' });
    expect(first(answer(503), { budget, maxAttempts: 1 })).toEqual({ retry: false, because: 'attempts' });
    expect(first(answer(503, { 'retry-after': '60' }), { budget })).toEqual({ retry: false, because: 'pause' });
    expect(first(answer(503), { budget }).retry).toBe(true);
    expect(first(answer(503), { budget })).toEqual({ retry: false, because: 'budget', suppressed: 'budget' });
    expect(first(wire('refused', false), { budget }).retry).toBe(true);
  });
});

describe('isRetryableStatus', () => {
  it('lets everything through that decideRetry could repeat, and nothing else', () => {
    for (let status = 200; status < 600; status++) {
      const repeated = first(answer(status, { 'retry-after': '0' })).retry;
      expect(isRetryableStatus(status), `status ${status}`).toBe(repeated);
    }
  });
});

describe('isIdempotent', () => {
  it('knows the idempotent methods of RFC 9110', () => {
    const methods = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'POST', 'PATCH', 'QUERY', 'get'];
    expect(methods.filter(isIdempotent)).toEqual(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);
  });
});
