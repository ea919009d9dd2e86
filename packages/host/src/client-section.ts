import type { Duration } from '@weft/core';
import type { DriverNaming, DriverOptions, DriverSection } from './driver-section.js';

/** The `client` block. */
export interface ClientSection {
  /** The service that calls go to, unless a call names another. */
  readonly serviceName?: string;
  /** Time for a whole call; `30s` unless set, `false` = no limit. */
  readonly timeout?: Duration | false;
  /** Time for one try; a third of `timeout` unless set, `false` = only `timeout` counts. */
  readonly attemptTimeout?: Duration | false;
  /** Further tries after the first, for calls that may be repeated; 3 unless set. */
  readonly retries?: number;
  /** First step of the backoff between tries; `25ms` unless set. */
  readonly retryDelay?: Duration;
  /** Cap on `retries` of a single call; 5 unless set. */
  readonly maxRetries?: number;
  /** A strategy, or the block; the `loadBalancer` block of the config unless set. */
  readonly loadBalancer?: string | LoadBalancerSection;
  /** On, off, or the block; the `circuitBreaker` block of the config unless set. */
  readonly circuitBreaker?: boolean | CircuitBreakerSection;
  /** How many retries a service gets: `ratio` (0.2) of the calls of the last 10 s plus `minPerSecond` (3). */
  readonly retryBudget?: { readonly ratio?: number; readonly minPerSecond?: number };
  /** Reject on statuses from 400; false unless set. */
  readonly throwOnStatus?: boolean;
  /** Sockets per instance (50), how long to wait for one (`5s`), how long an idle one is kept (`4s`). */
  readonly pool?: { readonly connections?: number; readonly checkoutTimeout?: Duration; readonly idleTimeout?: Duration };
  /** Largest answer, in bytes after decompression; 10 MiB unless set. */
  readonly limits?: { readonly responseBytes?: number };
  /** When an instance is left alone for a while; `false` = never for bad answers. */
  readonly outlier?: false | OutlierSection;
}

/** When an instance is left alone for a while. */
export interface OutlierSection {
  /** Bad answers in a row; 5 unless set, `false` = never. */
  readonly consecutive?: number | false;
  /** For how long the first time; `30s` unless set. */
  readonly baseTime?: Duration;
  /** For how long at most; `300s` unless set. */
  readonly maxTime?: Duration;
  /** Share of the instances at most, 0 to 1; 0.5 unless set. */
  readonly maxRatio?: number;
  /** How often slow and stalled instances are looked for; `1s` unless set. */
  readonly sweep?: Duration;
  /** Least age of a call in flight that makes its instance count as stalled; `1s` unless set. */
  readonly stall?: Duration;
  /** Slow = slower than `factor` (3) times the service's median, and than `minTime` (`100ms`); `false` = never. */
  readonly slow?: false | { readonly factor?: number; readonly minTime?: Duration };
}

/** The `loadBalancer` block. */
export interface LoadBalancerSection {
  /** `round_robin` (unless set), `random`, `weighted`, `least_connections`, or the word of a driver. */
  readonly strategy?: string;
  /** A package or a path that the strategy comes from. */
  readonly from?: string;
  /** `weights` by instance id, `maxRetries` (3: further instances that one call may try), and what else the strategy takes. */
  readonly options?: {
    /** Weight by instance id, from 0. */
    readonly weights?: Readonly<Record<string, number>>;
    /** How many further instances one call may try; 3 unless set. */
    readonly maxRetries?: number;
    /** What else the strategy takes. */
    readonly [option: string]: unknown;
  };
}

/** The `circuitBreaker` block: the words of the built-in breaker, or those of the driver that `Name` names. */
export type CircuitBreakerSection<Name extends string = string> = DriverNaming<Name> &
  ([Name] extends [never]
    ? CircuitBreakerWords
    : string extends Name
      ? CircuitBreakerWords & DriverSection
      : DriverOptions<'breaker', Name>);

/** The words of the built-in breaker. */
export interface CircuitBreakerWords {
  /** When it opens: `consecutive` failures (unless set), `count` or `rate` of failures within `window`. */
  readonly mode?: 'consecutive' | 'count' | 'rate';
  /** Failures that open it: in a row, or within `window` in mode `count`; 5 unless set. */
  readonly threshold?: number;
  /** How far modes `count` and `rate` and `slow` look back; `10s` unless set. */
  readonly window?: Duration;
  /** Calls within `window` below which mode `rate` and `slow` never open it; 20 unless set. */
  readonly minCalls?: number;
  /** Share of failures that opens it in mode `rate`, above 0 to 1; 0.5 unless set. */
  readonly ratio?: number;
  /** In every mode: calls slower than `threshold` open it too when they are `ratio` (0.5) of all. */
  readonly slow?: { readonly threshold: Duration; readonly ratio?: number };
  /** How long it stays open; `30s` unless set. */
  readonly timeout?: Duration;
  /** Whether it lets probes through before it closes; true unless set. */
  readonly halfOpen?: boolean;
  /** How many probes at a time; 1 unless set. */
  readonly probes?: number;
}
