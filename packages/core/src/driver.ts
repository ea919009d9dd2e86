import type { LoadBalancer } from './balancer.js';
import type { CircuitBreaker, OnBreakerState } from './breaker.js';
import type { Clock } from './clock.js';
import type { ConfigDriver } from './config.js';
import type { IdempotencyStore } from './idempotency-store.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import type { RateLimitStore } from './rate-limit-store.js';
import type { RegistryDriver } from './registry.js';
import type { StandardSchemaV1 } from './standard-schema.js';
import type { Tracer } from './tracing.js';
import type { ClientTransport, ServerTransport } from './transport.js';

/** What fills each slot. A slot with many instances, such as a breaker per service, is filled by a function that makes one. */
export interface Slots {
  /** Where instances are announced and found. */
  registry: RegistryDriver;
  /** Where configuration is kept. */
  config: ConfigDriver;
  /** A wire: one side of it, or both. */
  transport: { readonly client?: ClientTransport; readonly server?: ServerTransport };
  /** Makes a balancer for a service. */
  balancer: () => LoadBalancer;
  /** Makes a breaker for a service; tells its changes of state. */
  breaker: (onStateChange?: OnBreakerState) => CircuitBreaker;
  /** Makes spans. */
  tracing: Tracer;
  /** Takes measurements. */
  metrics: Metrics;
  /** Takes log lines. */
  logging: Logger;
  /** Where limits are counted that processes share. */
  ratelimit: RateLimitStore;
  /** Where answers are kept that must not be made twice. */
  idempotency: IdempotencyStore;
  /** Anything of the user's that starts and stops with the host. */
  plugin: unknown;
}

/** What a driver finds around it while it opens. */
export interface DriverHost {
  /** The opened content of a slot that `needs` names. @throws WEFT_PLUGIN_INVALID when it does not name it */
  get<Slot extends keyof Slots>(slot: Slot): Slots[Slot];
  /** Time; virtual in tests. */
  readonly clock: Clock;
  /** The folder that relative paths of the options are relative to: the config file's, else the working directory. */
  readonly folder: string;
  /** By when each operation has to be answered, in ms: `timeout` of the block, where it has one. */
  readonly timeoutMs?: number;
  /** Where the driver logs. */
  readonly logger: Logger;
  /** Fires when the step takes too long. */
  readonly signal: AbortSignal;
}

/** An opened driver. The host starts in the order of `needs` and stops in reverse. */
export interface Opened<Value> {
  /** What fills the slot. */
  readonly value: Value;
  /** Begins its work. @throws anything: the host then stops what has started */
  start?(signal: AbortSignal): Promise<void>;
  /** Gives everything back. @throws anything: the host goes on and reports it */
  stop?(signal: AbortSignal): Promise<void>;
}

/** Default export of every driver package. */
export interface Driver<Slot extends keyof Slots = keyof Slots, Options = unknown> {
  /** Version of this contract. */
  readonly contract: 1;
  /** What it fills. */
  readonly slot: Slot;
  /** The word that names it in a config. */
  readonly name: string;
  /** Slots that must be open before it opens. */
  readonly needs?: readonly (keyof Slots)[];
  /** Checked before anything is opened; unknown keys are issues. */
  readonly options: StandardSchemaV1<unknown, Options>;
  /** Makes it ready for use. @throws WEFT_CONFIG_INVALID, or what its backend says */
  open(options: Options, host: DriverHost): Promise<Opened<Slots[Slot]>>;
}
