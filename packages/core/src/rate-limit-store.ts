import type { OperationOptions } from './registry.js';

/** How much may be taken. */
export type RateLimitRule =
  | {
      /** Refills steadily; what is unused adds up to `burst`. */
      readonly algorithm: 'token_bucket';
      /** Tokens that come back per second, above 0. */
      readonly perSecond: number;
      /** Most tokens that are there at once, from 1. */
      readonly burst: number;
    }
  | {
      /** Counts what was taken in the last `windowMs`, at every moment. */
      readonly algorithm: 'sliding_window';
      /** Most that may be taken in any window, from 1. */
      readonly limit: number;
      /** Length of the window in ms. */
      readonly windowMs: number;
    };

/** What a limiter says to one request. */
export interface RateLimitDecision {
  /** Whether it may go on; then its cost is taken. */
  readonly allowed: boolean;
  /** What is left after it, from 0. */
  readonly remaining: number;
  /** Ms until the same request would be allowed if nobody else came; 0 when it was. */
  readonly retryAfterMs: number;
}

/** Where limits are counted that several processes share. Time is the store's own: the machines' clocks need not agree. */
export interface RateLimitStore {
  /**
   * Takes `cost` (1 unless set) under the key when the rule allows it; at most one round trip to the backend.
   * @throws WEFT_REGISTRY_UNAVAILABLE when the backend does not answer: the caller decides what is better then
   * @throws WEFT_INVALID_ARGUMENT for a rule that cannot be, or a cost above what the rule ever allows
   */
  take(key: string, rule: RateLimitRule, options: OperationOptions & { readonly cost?: number }): Promise<RateLimitDecision>;
  /** Gives back every handle, timer and listener. Idempotent, never rejects. */
  close(): Promise<void>;
}
