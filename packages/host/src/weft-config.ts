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
  /** The least level that is written; `info` unless set. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Names of further keys whose values are never written. */
  readonly redact?: readonly string[];
}

/** A block of a package that is named by its driver; off unless it is there. */
export interface OptionalSection extends DriverSection {
  /** `false` switches it off; true unless set. */
  readonly enabled?: boolean;
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
  /** Cache of answers. */
  readonly cache?: OptionalSection;
  /** Limits on how often. */
  readonly rateLimit?: OptionalSection;
  /** Where measurements go; nowhere unless set. */
  readonly metrics?: OptionalSection;
  /** Log lines; JSON on standard output unless set. */
  readonly logging?: LoggingSection;
  /** Rules of the mesh: a file, or the rules. */
  readonly policies?: string | readonly unknown[] | Readonly<Record<string, unknown>>;
  /** Drivers and plugins of your own. */
  readonly plugins?: readonly (string | PluginSection)[];
  /** Pages for operators. */
  readonly admin?: OptionalSection;
}
