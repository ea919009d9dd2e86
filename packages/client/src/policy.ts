import type { Duration, WeftError } from '@weft/core';
import type { BulkheadLimits } from '@weft/resilience';
import type { CallRequest } from './call-request.js';
import type { CircuitBreakerOption, LoadBalancerOption } from './part-options.js';

/** How often calls may be made: tokens that come back steadily, or so many in any window. */
export type RateLimitPolicy =
  | {
      /** Calls per second in the long run, above 0. */
      readonly perSecond: number;
      /** Calls that may come at once; as many as come back in a second unless set, at least 1. */
      readonly burst?: number;
    }
  | {
      /** Calls in any window, from 1. */
      readonly limit: number;
      /** Length of the window. */
      readonly window: Duration;
    };

/** When a second try is made beside a slow first one. Only for calls that may be repeated. */
export interface HedgePolicy {
  /** Time without an answer after which it is made; the p95 of the last calls unless set. */
  readonly delay?: Duration;
  /** Tries at once, the first one included; 2 unless set. */
  readonly maxTries?: number;
}

/** What answers in place of a failed call: a value, the last good answer of the cache, or what a function makes. */
export type FallbackPolicy =
  | {
      /** The body of the answer, sent as JSON would be. */
      readonly value: unknown;
      /** Its status; 200 unless set. */
      readonly status?: number;
    }
  | 'stale'
  /** The body; when it throws, the next fallback is tried. In code only. */
  | ((failure: WeftError, request: CallRequest) => unknown);

/** A copy of the calls goes to a version that nobody depends on yet. Its answers are not looked at. */
export interface MirrorPolicy {
  /** Version of the instances that get the copies: `2` has 2.1.3. */
  readonly version: string;
  /** Share of the calls, above 0 and up to 1; 1 unless set. */
  readonly ratio?: number;
}

/** How the calls of one route are governed; what is left out is as for the service. `false` switches a part off. */
export interface RoutePolicy {
  /** Time for a whole call. */
  readonly timeout?: Duration | false;
  /** Time for one try. */
  readonly attemptTimeout?: Duration | false;
  /** Further tries after the first. */
  readonly retries?: number;
  /** Cap on the further tries that a single call may ask for. */
  readonly maxRetries?: number;
  /** First step of the backoff between tries. */
  readonly retryDelay?: Duration;
  /** Reject with WEFT_HTTP_STATUS on statuses from 400. */
  readonly throwOnStatus?: boolean;
  /** Whether repeating such a call does no harm, whatever its method. */
  readonly idempotent?: boolean;
  /** How often it may be called. Over it, calls fail with WEFT_RATE_LIMITED. */
  readonly rateLimit?: RateLimitPolicy | false;
  /** How many calls may be under way. Over it, calls fail with WEFT_OVERLOADED. */
  readonly bulkhead?: BulkheadLimits | false;
  /** A second try beside a slow first one; `true` = after the p95. */
  readonly hedge?: boolean | HedgePolicy;
  /** What answers when the call fails, or is answered with 5xx; the first of a list that has an answer. */
  readonly fallback?: FallbackPolicy | readonly FallbackPolicy[] | false;
  /** Keep answers to GET and HEAD; `ttl` for those that do not say how long they are fresh. Needs a cache. */
  readonly cache?: boolean | { readonly ttl?: Duration };
  /** Copies of the calls for a shadow version. */
  readonly mirror?: MirrorPolicy | false;
}

/** How the calls to one service are governed. */
export interface ServicePolicy extends RoutePolicy {
  /** How calls are shared among its instances. */
  readonly loadBalancer?: LoadBalancerOption;
  /** When calls to it are refused at once. */
  readonly circuitBreaker?: CircuitBreakerOption;
  /** How many retries it gets: `ratio` of the calls of the last 10 s plus `minPerSecond`. */
  readonly retryBudget?: { readonly ratio?: number; readonly minPerSecond?: number };
}

/**
 * Policies by what they are for: `user-service`, one route of it as `user-service GET /users/:id` (`*` = any method; a last
 * `*` in the path = whatever follows), or `*` = every service. What is said for less wins.
 */
export type Policies = Readonly<Record<string, ServicePolicy>>;
