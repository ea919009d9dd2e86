import type { AvailabilitySet } from '@weft/breaker';
import type {
  Attempt,
  CircuitBreaker,
  Clock,
  Endpoint,
  LoadBalancer,
  Random,
  Reply,
  ReplyCache,
  ServiceInstance,
  WeftError,
} from '@weft/core';
import type { ServiceView } from '@weft/registry';
import type { DeadlineWheel, RetryBudget } from '@weft/resilience';
import type { CallLimits } from './call-limits.js';
import type { CallScene } from './call-scene.js';
import type { Plans } from './plans.js';
import type { Shadow } from './shadow.js';

/** A service, as its calls see it. */
export interface CallTarget {
  readonly service: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly wheel: DeadlineWheel;
  readonly view: ServiceView;
  readonly availability: AvailabilitySet;
  /** Answers that are kept; undefined without a cache. */
  readonly cache: ReplyCache | undefined;
  /** Counts its calls against rate limits. */
  readonly limits: CallLimits;
  /** Sends copies of calls. */
  readonly shadow: Shadow;
  /** How its calls are governed. */
  readonly plans: Plans;
  readonly balancer: LoadBalancer;
  readonly breaker: CircuitBreaker | undefined;
  readonly budget: RetryBudget;
  /** How many different instances one call may try. */
  readonly maxInstances: number;
  /** Instant at which it was first called. */
  readonly openedAt: number;
  /** Whether no instance was ever listed: then one may be just starting. */
  readonly isNew: boolean;
  /** Sends one try; the middlewares around a try are in it. */
  readonly send: (attempt: Attempt) => Promise<Reply>;
  /** Carries a try over the transport of its endpoint. */
  transmit(attempt: Attempt): Promise<Reply>;
  /** @throws WEFT_NO_INSTANCE when no transport speaks any of its endpoints */
  endpointOf(instance: ServiceInstance): Endpoint;
  /** Why there is nobody to call. */
  noInstance(): WeftError;
  /** What it looks like now; making it costs next to nothing, reading it may. */
  scene(): CallScene;
}
