import type { Duration, IdempotencyStore } from '@weft/core';
import type { AdaptiveConcurrencyOptions, LoadShedderOptions } from '@weft/resilience';
import type { RequestContext } from './request-context.js';

/** When a service sheds load: the options of `LoadShedder`, without those that are the service's own. */
export type OverloadOptions = Omit<LoadShedderOptions, 'clock' | 'logger'>;

/** How a service finds out what it can work at together: the options of `AdaptiveConcurrency`, without the service's own. */
export type ConcurrencyOptions = Omit<AdaptiveConcurrencyOptions, 'clock' | 'random'>;

/**
 * Whom a rate limit counts apart: `peer` by the caller's address, `all` nobody, a header by its value (the address when it
 * is absent), or what a function makes of the request, before its body is read.
 */
export type RateLimitKey = 'peer' | 'all' | { readonly header: string } | ((request: RequestContext) => string);

/** How many requests a service takes: steadily `perSecond` with bursts, or `limit` in any `window`. Beyond it: 429. */
export type RateLimitOptions = RateLimitAmount & {
  /** Whom it counts apart; default `peer`. */
  readonly key?: RateLimitKey | undefined;
};

/** How much of a rate limit there is. */
export type RateLimitAmount =
  | {
      /** Requests that come back per second, above 0. */
      readonly perSecond: number;
      /** Most requests at once, from 1. */
      readonly burst: number;
    }
  | {
      /** Most requests in any window, from 1. */
      readonly limit: number;
      /** Length of the window. */
      readonly window: Duration;
    };

/** How a service remembers the answers to requests with an `idempotency-key`. */
export interface IdempotencyOptions {
  /** `memory` (default: this process alone), or a store. Words of drivers, such as `redis`, are for `createService` of the host. */
  readonly store?: 'memory' | 'redis' | IdempotencyStore | undefined;
  /** How long an answer is kept; default 24 h. */
  readonly ttl?: Duration | undefined;
  /** How long the claim of a process that died stands; default 5 s. Renewed every third of it while the handler runs. */
  readonly lease?: Duration | undefined;
}

/** How a service protects itself. Health paths pass all of it. */
export interface ProtectionOptions {
  /** Sheds load while the event loop is late or the heap nearly full: 503. Default false. */
  readonly overload?: boolean | OverloadOptions | undefined;
  /** Upper bound for the requests of each caller: 429. Default false. */
  readonly rateLimit?: false | RateLimitOptions | undefined;
  /** Works at no more requests together than it can: 503 for the rest. Default false. */
  readonly concurrency?: boolean | ConcurrencyOptions | undefined;
  /** Answers a repeated POST or PATCH with the same `idempotency-key` from memory. Default false. */
  readonly idempotency?: boolean | IdempotencyOptions | undefined;
}
