import type { Result } from './balancer.js';

/** `open` lets nothing through; `half-open` a bounded number of probes. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Told once per change, when the change is noticed. */
export type OnBreakerState = (state: BreakerState, previous: BreakerState) => void;

/** The right to make one call. */
export interface Permit {
  /** Called exactly once. `ignored` gives the permit back and changes nothing. */
  done(result: Result, durationMs: number): void;
}

/** State is a function of the clock, worked out when it is read: no timer, no call needed to reach half-open. */
export interface CircuitBreaker {
  /** The state at this instant. */
  readonly state: BreakerState;
  /** Whether calls pass. */
  isClosed(): boolean;
  /** Whether nothing passes. */
  isOpen(): boolean;
  /** Whether only probes pass. */
  isHalfOpen(): boolean;
  /** Opens it by hand for one open time. */
  open(): void;
  /** Closes it by hand and forgets what was counted. */
  close(): void;
  /** The hot path: a permit, or undefined when the breaker refuses. */
  tryEnter(): Permit | undefined;
  /**
   * Runs `task` behind the gate and rethrows its error.
   * @throws WEFT_BREAKER_OPEN without running it, when the breaker refuses
   */
  execute<T>(task: () => Promise<T>): Promise<T>;
}
