import type { OutlierOptions } from '@weft/breaker';
import type {
  Attempt,
  ClientTransport,
  Clock,
  Duration,
  Logger,
  Metrics,
  Middleware,
  Random,
  RateLimitStore,
  Reply,
  ReplyCache,
  Tracer,
} from '@weft/core';
import type { Registry } from '@weft/registry';
import type { CallRequest } from './call-request.js';
import type { CircuitBreakerOption, LoadBalancerOption } from './part-options.js';
import type { Policies } from './policy.js';
import type { Response } from './response.js';

/** A middleware around a whole call, tries and waits included. First in a list is outermost. */
export type CallMiddleware = Middleware<CallRequest, Response>;

/** A middleware around each single try. First in a list is outermost. */
export type AttemptMiddleware = Middleware<Attempt, Reply>;

/** How a client behaves; every member but `registry` and `transport` has a default. */
export interface ClientOptions {
  /** The service that calls go to, unless a call names another. */
  readonly serviceName?: string;
  /** Where instances are found. It stays the caller's: `close()` leaves it open. */
  readonly registry: Registry;
  /** What carries the calls, by the protocol of an endpoint. Stays the caller's: `close()` leaves it open. */
  readonly transport: ClientTransport | readonly ClientTransport[];
  /** Time for a whole call: waiting, all tries, reading the body. Default `30s`; `false` = no limit. */
  readonly timeout?: Duration | false;
  /** Time for one try. Default a third of `timeout`, all of it when no second try can follow; `false` = only `timeout` counts. */
  readonly attemptTimeout?: Duration | false;
  /** Further tries after the first, for calls that may be repeated. Default 3. */
  readonly retries?: number;
  /** Cap on `retries` of a single call. Default 5. */
  readonly maxRetries?: number;
  /** First step of the backoff between tries. Default `25ms`. */
  readonly retryDelay?: Duration;
  /** How many retries a service gets: `ratio` of the calls of the last 10 s plus `minPerSecond`. Default 0.2 and 3. */
  readonly retryBudget?: { readonly ratio?: number; readonly minPerSecond?: number };
  /** Default `round_robin`. `options.max_retries` (3) is how many further instances one call may try. */
  readonly loadBalancer?: LoadBalancerOption;
  /** How many different instances one call may try; wins over `max_retries`, which leaves out the first. */
  readonly maxInstances?: number;
  /** Default `true`: 5 calls in a row that fail while no instance answers well open it for 30 s. */
  readonly circuitBreaker?: CircuitBreakerOption;
  /** When an instance is left alone for a while; `false` switches ejection by bad answers off. */
  readonly outlier?: OutlierOptions | false;
  /** Reject with WEFT_HTTP_STATUS on statuses from 400. Default false: an answer is not an error. */
  readonly throwOnStatus?: boolean;
  /** Rules by service and route; they win over the options here, and `setPolicies` changes them while calls go on. */
  readonly policies?: Policies;
  /** Where answers are kept, for policies that say `cache`; without it they are not. Stays the caller's. */
  readonly cache?: ReplyCache;
  /** Where calls are counted, for policies that say `rateLimit`; in this process unless set. Stays the caller's. */
  readonly rateLimits?: RateLimitStore;
  readonly middleware?: CallMiddleware | readonly CallMiddleware[];
  /** Makes spans for calls. Without it trace headers still travel on. */
  readonly tracer?: Tracer;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  readonly clock?: Clock;
  readonly random?: Random;
}
