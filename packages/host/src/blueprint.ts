import type { CallMiddleware } from '@weft/client';
import type {
  CircuitBreaker,
  ClientTransport,
  Clock,
  LoadBalancer,
  Logger,
  Metrics,
  Problem,
  Random,
  RateLimitStore,
  ReplyCache,
  Slots,
  Tracer,
} from '@weft/core';
import type { Registry } from '@weft/registry';
import type { WeftConfig } from './weft-config.js';

/** A part of a system that can be asked for; `optional` ones are left out when nobody configures or installs them. */
export type Part = 'registry' | 'config' | 'client' | 'service' | 'tracing' | 'metrics' | 'logging' | 'plugins';

/** Ready-made parts that replace what the config would name. */
export interface GivenParts {
  /** In place of the `registry` block. */
  readonly registry?: Registry;
  /** In place of the `transport` block. */
  readonly transport?: ClientTransport | readonly ClientTransport[];
  /** In place of the `loadBalancer` block. */
  readonly loadBalancer?: LoadBalancer;
  /** In place of the `circuitBreaker` block. */
  readonly circuitBreaker?: CircuitBreaker | (() => CircuitBreaker);
  /** In place of the `cache` block. */
  readonly cache?: ReplyCache;
  /** In place of the `rateLimit` block. */
  readonly rateLimits?: RateLimitStore;
  /** Around every call of the client. */
  readonly middleware?: CallMiddleware | readonly CallMiddleware[];
  /** In place of the `tracing` block. */
  readonly tracer?: Tracer;
  /** In place of the `metrics` block. */
  readonly metrics?: Metrics;
  /** In place of the `logging` block. */
  readonly logger?: Logger;
}

/** What a system is built from. */
export interface Blueprint {
  /** Keys in camelCase, checked. */
  readonly config: WeftConfig;
  /** What is wrong with the config, reported together with what is wrong with its drivers. */
  readonly problems: readonly Problem[];
  /** Paths of texts of the config that came from the environment. */
  readonly fromEnv?: ReadonlySet<string>;
  /** The parts to build. */
  readonly parts: ReadonlySet<Part>;
  /** Whether defaults that are not installed are left out (a host), or refused (what was asked for by name). */
  readonly isHost: boolean;
  /** Ready-made parts. */
  readonly given: GivenParts;
  /** Named in errors. */
  readonly source: string;
  /** What relative paths of the config are relative to. */
  readonly folder: string;
  /** Where drivers are resolved from, the first that has one. */
  readonly folders: readonly string[];
  /** What `${NAME}` in a file that the config names stands for; the process's environment unless set. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Time of all parts. */
  readonly clock: Clock;
  /** Random numbers of all parts. */
  readonly random: Random;
}

/** Slots that are filled without a driver. */
export const BUILT_IN_SLOTS: ReadonlySet<keyof Slots> = new Set([
  'balancer',
  'breaker',
  'tracing',
  'metrics',
  'logging',
] as const);
