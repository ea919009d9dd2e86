import {
  type BreakerState,
  type CircuitBreaker as CircuitBreakerContract,
  messageOf,
  type Permit,
  type Result,
  WeftError,
  withoutStack,
} from '@weft/core';
import {
  type CircuitBreakerOptions,
  type CircuitBreakerSettings,
  parseCircuitBreakerOptions,
} from './circuit-breaker-options.js';
import { createTrip } from './create-trip.js';
import { openTimeMs } from './open-time.js';
import type { Trip } from './trip.js';

/**
 * Refuses calls to something that fails, so that it can recover and callers need not wait. Closed, it opens when `mode` or
 * `slow` says so, after `threshold` failures in a row unless set. Open, it refuses everything for `timeout`. Half-open, it
 * lets `probes` calls through at a time: as many successes close it, a failure or a slow call opens it for twice as long.
 *
 * State is a function of the clock: it has no timer, and half-open shows after the timeout with no call made. Outcomes of
 * calls that began before the last change of state are not counted.
 *
 * Source: M. Nygard, "Release It!", 2007.
 */
export class CircuitBreaker implements CircuitBreakerContract {
  readonly #settings: CircuitBreakerSettings;
  readonly #trip: Trip;
  /** As of the last look at the clock: an open time that is over since then shows in `state`. */
  #state: BreakerState = 'closed';
  #closedPermit: Permit;
  #openUntil = 0;
  #openingsInRow = 0;
  /** Probes under way and passed; a new object with each half-open period, so that late ones are told apart. */
  #probing = { underWay: 0, passed: 0 };

  /** @throws WEFT_CONFIG_INVALID telling every option that is wrong */
  constructor(options: CircuitBreakerOptions = {}) {
    this.#settings = parseCircuitBreakerOptions(options);
    this.#trip = createTrip(this.#settings);
    this.#closedPermit = this.#newClosedPermit();
  }

  get state(): BreakerState {
    if (this.#state === 'open' && this.#settings.clock.now() >= this.#openUntil) this.#endOpenTime();
    return this.#state;
  }

  isClosed(): boolean {
    return this.state === 'closed';
  }

  isOpen(): boolean {
    return this.state === 'open';
  }

  isHalfOpen(): boolean {
    return this.state === 'half-open';
  }

  open(): void {
    this.#openingsInRow = Math.max(1, this.#openingsInRow);
    this.#openFor(this.#settings.timeoutMs);
  }

  close(): void {
    this.#openingsInRow = 0;
    this.#changeTo('closed');
  }

  /**
   * A permit, or undefined when the breaker refuses. While it is closed this reads no clock and allocates nothing: everybody
   * gets the same permit, which therefore cannot tell a second `done` of one call. The permit of a probe can, and ignores it.
   */
  tryEnter(): Permit | undefined {
    if (this.#state === 'closed') return this.#closedPermit;
    const { state } = this;
    if (state === 'closed') return this.#closedPermit;
    return state === 'half-open' && this.#probing.underWay < this.#settings.probes ? this.#newProbePermit() : undefined;
  }

  /**
   * Runs `task` behind the gate and rethrows its error. What it throws counts as a failure, except when it was cancelled
   * (`WEFT_CANCELLED`, `AbortError`): that says nothing about the other side.
   * @throws WEFT_BREAKER_OPEN without running it, when the breaker refuses
   */
  async execute<T>(task: () => Promise<T>): Promise<T> {
    const permit = this.tryEnter();
    if (!permit) throw this.refusal();
    const startedAt = this.#now();
    try {
      const value = await task();
      permit.done('ok', this.#now() - startedAt);
      return value;
    } catch (error) {
      permit.done(isCancellation(error) ? 'ignored' : 'failed', this.#now() - startedAt);
      throw error;
    }
  }

  /** The error for a call that `tryEnter` refused; says when the next one may pass. Made without a stack, so it is cheap. */
  refusal(): WeftError {
    const isOpen = this.isOpen();
    const leftMs = Math.max(0, Math.ceil(this.#openUntil - this.#settings.clock.now()));
    const message = isOpen
      ? `The circuit breaker is open and lets ${this.#settings.halfOpen ? 'a probe' : 'calls'} through in ${leftMs} ms`
      : 'The circuit breaker is half-open and waits for its probe';
    return withoutStack(() => new WeftError('WEFT_BREAKER_OPEN', message));
  }

  /** The clock for a trip that looks at durations; the others are spared the reading. */
  #now(): number {
    return this.#trip.timed ? this.#settings.clock.now() : 0;
  }

  #endOpenTime(): void {
    this.#changeTo(this.#settings.halfOpen ? 'half-open' : 'closed');
  }

  #openAgain(): void {
    this.#openingsInRow++;
    this.#openFor(openTimeMs(this.#openingsInRow, this.#settings.timeoutMs, this.#settings.random));
  }

  #openFor(openMs: number): void {
    this.#openUntil = this.#settings.clock.now() + openMs;
    this.#changeTo('open');
  }

  /** Everything that was under way or counted belongs to the state that ends here. */
  #changeTo(state: BreakerState): void {
    const previous = this.#state;
    this.#state = state;
    this.#closedPermit = this.#newClosedPermit();
    this.#probing = { underWay: 0, passed: 0 };
    this.#trip.reset();
    if (state !== previous) this.#tell(state, previous);
  }

  #tell(state: BreakerState, previous: BreakerState): void {
    try {
      this.#settings.onStateChange(state, previous);
    } catch (error) {
      this.#settings.logger.error('A listener of the circuit breaker threw', { error: messageOf(error) });
    }
  }

  #newClosedPermit(): Permit {
    const permit: Permit = {
      done: (result, durationMs) => {
        if (result === 'ignored' || permit !== this.#closedPermit) return;
        if (result === 'ok') this.#openingsInRow = 0;
        if (this.#trip.record(result, durationMs)) this.#openAgain();
      },
    };
    return permit;
  }

  #newProbePermit(): Permit {
    const probing = this.#probing;
    let isOver = false;
    probing.underWay++;
    return {
      done: (result, durationMs) => {
        if (isOver) return;
        isOver = true;
        probing.underWay--;
        if (probing === this.#probing) this.#judgeProbe(result, durationMs);
      },
    };
  }

  #judgeProbe(result: Result, durationMs: number): void {
    if (result === 'ignored') return;
    const { slow, probes } = this.#settings;
    if (result === 'failed' || (slow && durationMs > slow.thresholdMs)) this.#openAgain();
    else if (++this.#probing.passed >= probes) this.close();
  }
}

function isCancellation(error: unknown): boolean {
  if (error instanceof WeftError) return error.code === 'WEFT_CANCELLED';
  return error instanceof Error && error.name === 'AbortError';
}
