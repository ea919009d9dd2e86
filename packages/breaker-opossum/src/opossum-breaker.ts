import {
  type BreakerState,
  type CircuitBreaker,
  type Clock,
  type OnBreakerState,
  type Permit,
  parseDuration,
  type Result,
  WeftError,
  withoutStack,
} from '@weft/core';
import { OpossumCircuit } from './opossum-circuit.js';
import type { OpossumBreakerOptions } from './options.js';

/**
 * The breaker contract over opossum. Opossum counts calls, holds open and closed, and opens by the share of failures; what it
 * does not know is added here: failures in a row, and our clock. Half-open is worked out from the clock when it is looked at:
 * opossum is open meanwhile, and closed when the probe succeeds.
 */
export class OpossumBreaker implements CircuitBreaker {
  readonly #circuit: OpossumCircuit;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #halfOpens: boolean;
  /** Failures in a row that open it; infinite in mode `rate`. */
  readonly #threshold: number;
  #failuresInRow = 0;
  #openUntil = 0;
  /** Outcomes count only through these two, so that those of calls from before the last change of state do not. */
  #closedPermit = this.#newClosedPermit();
  #probe: Permit | undefined;

  #told: BreakerState = 'closed';
  readonly #onStateChange: OnBreakerState | undefined;

  /**
   * @param options checked ones
   * @param onStateChange told once per change, when it is noticed
   */
  constructor(options: OpossumBreakerOptions, clock: Clock, onStateChange?: OnBreakerState) {
    this.#onStateChange = onStateChange;
    this.#circuit = new OpossumCircuit(options);
    this.#clock = clock;
    this.#timeoutMs = parseDuration(options.timeout ?? '30s');
    this.#halfOpens = options.halfOpen ?? true;
    this.#threshold = options.mode === 'rate' ? Number.POSITIVE_INFINITY : (options.threshold ?? 5);
  }

  get state(): BreakerState {
    const state = this.#stateNow();
    if (state !== this.#told) this.#tell(state);
    return state;
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
    this.#circuit.open();
    this.#openUntil = this.#clock.now() + this.#timeoutMs;
    this.#begin();
    if (this.#told !== 'open') this.#tell('open');
  }

  close(): void {
    this.#circuit.close();
    this.#begin();
    if (this.#told !== 'closed') this.#tell('closed');
  }

  tryEnter(): Permit | undefined {
    const { state } = this;
    if (state === 'closed') return this.#closedPermit;
    if (state === 'open' || this.#probe) return undefined;
    this.#probe = this.#newProbe();
    return this.#probe;
  }

  /** What the task throws counts as a failure, except when it was cancelled: that says nothing about the other side. */
  async execute<T>(task: () => Promise<T>): Promise<T> {
    const permit = this.tryEnter();
    if (!permit) throw this.#refusal();
    try {
      const value = await task();
      permit.done('ok', 0);
      return value;
    } catch (error) {
      permit.done(isCancellation(error) ? 'ignored' : 'failed', 0);
      throw error;
    }
  }

  #stateNow(): BreakerState {
    if (this.#circuit.isClosed) return 'closed';
    if (this.#clock.now() < this.#openUntil) return 'open';
    if (this.#halfOpens) return 'half-open';
    this.#circuit.close();
    this.#begin();
    return 'closed';
  }

  #tell(state: BreakerState): void {
    const previous = this.#told;
    this.#told = state;
    this.#onStateChange?.(state, previous);
  }

  /** Everything that was under way or counted belongs to the state that ends here. */
  #begin(): void {
    this.#failuresInRow = 0;
    this.#probe = undefined;
    this.#closedPermit = this.#newClosedPermit();
  }

  #newClosedPermit(): Permit {
    const permit: Permit = {
      done: (result) => {
        if (result !== 'ignored' && permit === this.#closedPermit) this.#count(result);
      },
    };
    return permit;
  }

  #newProbe(): Permit {
    const permit: Permit = {
      done: (result) => {
        if (permit === this.#probe) this.#judgeProbe(result);
      },
    };
    return permit;
  }

  #count(result: 'ok' | 'failed'): void {
    const isFailed = result === 'failed';
    this.#failuresInRow = isFailed ? this.#failuresInRow + 1 : 0;
    this.#circuit.count(isFailed, this.#clock.now());
    if (this.#failuresInRow >= this.#threshold || !this.#circuit.isClosed) this.open();
  }

  #judgeProbe(result: Result): void {
    this.#probe = undefined;
    if (result === 'ok') this.close();
    if (result === 'failed') this.open();
  }

  #refusal(): WeftError {
    const isOpen = this.isOpen();
    const leftMs = Math.max(0, Math.ceil(this.#openUntil - this.#clock.now()));
    const message = isOpen
      ? `The circuit breaker is open and lets ${this.#halfOpens ? 'a probe' : 'calls'} through in ${leftMs} ms`
      : 'The circuit breaker is half-open and waits for its probe';
    return withoutStack(() => new WeftError('WEFT_BREAKER_OPEN', message));
  }
}

function isCancellation(error: unknown): boolean {
  if (error instanceof WeftError) return error.code === 'WEFT_CANCELLED';
  return error instanceof Error && error.name === 'AbortError';
}
