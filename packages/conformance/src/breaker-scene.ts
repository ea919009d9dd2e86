import assert from 'node:assert/strict';
import { type BreakerState, type CircuitBreaker, type Clock, type Random, type Result, WeftError } from '@weft/core';
import { seededRandom, type VirtualClock, virtualClock } from './virtual-clock.js';

/** Failures in a row that open the breaker of a scene. */
export const THRESHOLD = 3;
/** Its first open time, in ms. */
export const TIMEOUT_MS = 10_000;
const SEED = 59;

/** How the suite wants a breaker: the options of the config block, with time and randomness given. */
export interface BreakerSuiteOptions {
  /** Failures in a row that open it. */
  readonly threshold: number;
  /** First open time, in ms. */
  readonly timeout: number;
  /** False = closes directly after the open time. */
  readonly halfOpen?: boolean;
  /** Probes at a time. */
  readonly probes?: number;
  /** When it opens; `consecutive` unless set. */
  readonly mode?: 'consecutive' | 'count' | 'rate';
  /** How far modes `count` and `rate` and `slow` look back, in ms. */
  readonly window?: number;
  /** Calls below which `rate` and `slow` never open it. */
  readonly minCalls?: number;
  /** Share of failures that opens it. */
  readonly ratio?: number;
  /** Slow calls open it too: those that take more than `threshold` ms, when they are the share `ratio`. */
  readonly slow?: { readonly threshold: number; readonly ratio: number };
  /** The clock that the suite moves. */
  readonly clock: Clock;
  /** Seeded. */
  readonly random: Random;
}

/** Makes a fresh, closed breaker. */
export type CreateBreaker = (options: BreakerSuiteOptions) => CircuitBreaker;

/** What one sentence of the contract is told on: a breaker with a threshold of 3 and an open time of 10 s, and its clock. */
export class BreakerScene {
  /** Moves when the sentence says so. */
  readonly clock: VirtualClock = virtualClock();
  readonly #create: CreateBreaker;

  constructor(create: CreateBreaker) {
    this.#create = create;
  }

  /** A closed one. */
  closed(options: Partial<BreakerSuiteOptions> = {}): CircuitBreaker {
    const { clock } = this;
    return this.#create({ threshold: THRESHOLD, timeout: TIMEOUT_MS, clock, random: seededRandom(SEED), ...options });
  }

  /** One that has just opened. */
  open(options?: Partial<BreakerSuiteOptions>): CircuitBreaker {
    const breaker = this.closed(options);
    end(breaker, 'failed', THRESHOLD);
    return breaker;
  }

  /** One whose open time is just over. */
  async halfOpen(options?: Partial<BreakerSuiteOptions>): Promise<CircuitBreaker> {
    const breaker = this.open(options);
    await this.clock.advance(TIMEOUT_MS);
    return breaker;
  }

  /** Fails unless `breaker` becomes half-open between two times from now, in ms. */
  async assertHalfOpensBetween(breaker: CircuitBreaker, leastMs: number, mostMs: number): Promise<void> {
    await this.clock.advance(leastMs - 1);
    assert.equal(breaker.state, 'open', `half-open before ${leastMs} ms (seed ${SEED})`);
    await this.clock.advance(mostMs - leastMs + 1);
    assert.equal(breaker.state, 'half-open', `not half-open after ${mostMs} ms (seed ${SEED})`);
  }
}

/** Makes `calls` calls that take `durationMs` and end with `result`. */
export function end(breaker: CircuitBreaker, result: Result, calls = 1, durationMs = 1): void {
  for (let call = 0; call < calls; call++) {
    const permit = breaker.tryEnter();
    assert.ok(permit, `the breaker is ${breaker.state} and refused call ${call + 1} of ${calls}`);
    permit.done(result, durationMs);
  }
}

/** Fails unless all four ways to read the state agree on `state`. */
export function assertState(breaker: CircuitBreaker, state: BreakerState): void {
  assert.equal(breaker.state, state);
  assert.deepEqual(
    [breaker.isClosed(), breaker.isOpen(), breaker.isHalfOpen()],
    [state === 'closed', state === 'open', state === 'half-open'],
  );
}

/** Whether an error is the refusal of an open breaker. */
export function isRefusal(error: unknown): error is WeftError {
  return error instanceof WeftError && error.code === 'WEFT_BREAKER_OPEN';
}
