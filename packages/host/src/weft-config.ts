import type { Policies } from '@weft/client';
import type { Duration } from '@weft/core';
import type { CircuitBreakerSection, ClientSection, LoadBalancerSection } from './client-section.js';
import type { DriverNaming, DriverOptions, DriverSection, SeedNaming } from './driver-section.js';
import type { ServiceSection } from './service-section.js';

/** What the host itself reads in the `registry` block. */
export interface RegistryWords {
  /** By when every operation has ended; `10s` unless set. */
  readonly timeout?: Duration;
  /** How long a record outlives its last beat; `30s` unless set. */
  readonly ttl?: Duration;
  /** How long the backend may be out of contact before `stale` is told; `10s` unless set. */
  readonly staleAfter?: Duration;
  /** File that keeps the last lists, for starts during an outage. */
  readonly snapshotFile?: string;
  /** Where instances may be: IP addresses, ranges such as `10.0.0.0/8`, host names. Records of others are refused; anywhere unless set. */
  readonly allowedAddresses?: readonly string[];
  /** When many instances vanish at once without leaving: more than `ratio` (0.15) of at least `minInstances` (2); `false` = believe it. */
  readonly selfPreservation?: { readonly minInstances?: number; readonly ratio?: number } | false;
}

/** The `registry` block, with the options of the driver that `Name` names. */
export type RegistrySection<Name extends string = string> = RegistryWords &
  DriverNaming<Name> &
  SeedNaming<Name> &
  DriverOptions<'registry', Name>;

/** What the host itself reads in the `config` block. */
export interface ConfigCenterWords {
  /** Part before every key; `config` unless set. */
  readonly prefix?: string;
  /** By when every operation has ended; `10s` unless set. */
  readonly timeout?: Duration;
  /** How long the backend may be out of contact before `stale` is told; `10s` unless set. */
  readonly staleAfter?: Duration;
  /** Keys of secrets, such as `database.password` or `*.token`: shown as `[redacted]` in dumps. */
  readonly secrets?: readonly string[];
}

/** The `config` block, the config center, with the options of the driver that `Name` names. */
export type ConfigCenterSection<Name extends string = string> = ConfigCenterWords &
  DriverNaming<Name> &
  SeedNaming<Name> &
  DriverOptions<'config', Name>;

/** One transport, with the options of the driver that `Name` names. */
export type TransportSection<Name extends string = string> = DriverNaming<Name> & DriverOptions<'transport', Name>;

/** The `tracing` block; off unless it is there. */
export interface TracingSection extends DriverSection {
  /** `false` switches it off; true unless set. */
  readonly enabled?: boolean;
  /** `service.name` unless set. */
  readonly serviceName?: string;
  /** Share of the traces that are recorded, 0 to 1. */
  readonly sampler?: number;
  /** Where spans go: `type` such as `otlp`, `jaeger`, `zipkin`, `console`, and its `url`. */
  readonly reporter?: { readonly type?: string; readonly url?: string; readonly [option: string]: unknown };
}

/** The `logging` block. */
export interface LoggingSection extends DriverSection {
  /** The least level that is written; `info` unless set. With a config center its key `logging` can change it. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Further keys whose values are never written, or paths of keys such as `user.email`. */
  readonly redact?: readonly string[];
  /** Values that are never written, from 4 characters on. Passwords and tokens of this config are hidden anyway. */
  readonly secrets?: readonly string[];
  /** Whether lines are for people instead of JSON; in development unless set. */
  readonly pretty?: boolean;
}

/** A block of a package that is named by its driver; off unless it is there. */
export interface OptionalSection extends DriverSection {
  /** `false` switches it off; true unless set. */
  readonly enabled?: boolean;
}

/** The `cache` block: answers to GET and HEAD are kept for whom they are fresh, in the process. */
export interface CacheSection {
  /** `false` switches it off; true unless set. */
  readonly enabled?: boolean;
  /** How long an answer is fresh that does not say so itself. Not at all unless set. */
  readonly ttl?: Duration;
  /** How long after that it can still stand for one that cannot be had; `1h` unless set. */
  readonly staleFor?: Duration;
  /** Most answers at once; 10,000 unless set. */
  readonly maxEntries?: number;
  /** Most bytes at once; 64 MiB unless set. */
  readonly maxBytes?: number;
  /** Largest body that is kept, in bytes; 1 MiB unless set. */
  readonly maxEntryBytes?: number;
  /** Headers that say who asks, beside `authorization` and `cookie`: callers that differ in one share no answer. */
  readonly keyHeaders?: readonly string[];
}

/** The `serviceMesh` block; off unless it is there. */
export interface ServiceMeshSection {
  /** `false` switches it off; true unless set. */
  readonly enabled?: boolean;
  /** A process beside the service instead of a proxy within it. */
  readonly sidecar?: boolean;
  /** Ports of the proxy and of its admin pages. */
  readonly proxy?: { readonly port?: number; readonly adminPort?: number };
  /** As the `tracing` block. */
  readonly tracing?: TracingSection;
}

/** A plugin: where it comes from, and its options. */
export interface PluginSection {
  /** A package or a path, seen from the config file. */
  readonly from: string;
  /** Checked by the plugin's schema. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/**
 * A whole config. Every block may be left out. The parameters are the names of the drivers, which `defineConfig` and
 * `createHost` read off what they are given; left out, a block takes any options.
 */
export interface WeftConfig<
  RegistryName extends string = string,
  ConfigName extends string = string,
  BreakerName extends string = string,
  TransportName extends string = string,
> {
  /** Where editors find the JSON Schema; means nothing to the host. */
  readonly $schema?: string;
  /** The service of this process; without it the host only calls. */
  readonly service?: ServiceSection;
  /** How this process calls others. */
  readonly client?: ClientSection;
  /** Where services are announced and found; driver `file` unless set. */
  readonly registry?: string | RegistrySection<RegistryName>;
  /** How calls are shared among instances. */
  readonly loadBalancer?: string | LoadBalancerSection;
  /** When calls to a broken service are refused at once. */
  readonly circuitBreaker?: boolean | CircuitBreakerSection<BreakerName>;
  /** Spans, and where they go. */
  readonly tracing?: TracingSection;
  /** The config center; driver `file` unless set. */
  readonly config?: ConfigCenterSection<ConfigName>;
  /** Proxy beside the service. */
  readonly serviceMesh?: ServiceMeshSection;
  /** What carries calls; `http` unless set. The first of a list is the default. */
  readonly transport?: string | TransportSection<TransportName> | readonly (string | TransportSection)[];
  /** Messages. */
  readonly queue?: OptionalSection;
  /** Keeps answers to the calls of this process; needs `@weft/cache`. Off unless set. */
  readonly cache?: boolean | CacheSection;
  /** Where limits are counted, those of `policies` and of the service: `memory` (unless set) is this process alone. */
  readonly rateLimit?: string | OptionalSection;
  /** Where measurements go; nowhere unless set. */
  readonly metrics?: OptionalSection;
  /** Log lines; JSON on standard output unless set. */
  readonly logging?: LoggingSection;
  /** How calls are governed, by service and route; or the JSON or YAML file that says so. The config center's own win. */
  readonly policies?: string | Policies;
  /** Drivers and plugins of your own. */
  readonly plugins?: readonly (string | PluginSection)[];
  /** Pages for operators. */
  readonly admin?: OptionalSection;
}
