import type { CircuitBreaker, ServiceInstance, Snapshot } from '@weft/core';
import type { RetryRefusal } from '@weft/resilience';

/** Which rule had the last word about a call. */
export type CallRule =
  | 'answered'
  | 'cache'
  | 'fallback'
  | 'rate-limit'
  | 'bulkhead'
  | 'breaker'
  | 'no-instance'
  | 'cancelled'
  | 'closed'
  | 'invalid'
  | RetryRefusal;

/** What a service looked like at one instant. */
export interface CallScene {
  /** Instant on the client's clock. */
  readonly atMs: number;
  /** All that discovery knew. */
  readonly instances: readonly ServiceInstance[];
  /** Those that could be picked. */
  readonly available: Snapshot;
  /** State of its breaker; undefined without one. */
  readonly breaker: CircuitBreaker['state'] | undefined;
  /** Retries that its budget still had. */
  readonly budgetLeft: number;
}
