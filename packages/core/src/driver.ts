import type { LoadBalancer } from './balancer.js';
import type { CircuitBreaker } from './breaker.js';
import type { Clock } from './clock.js';
import type { ConfigDriver } from './config.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import type { RegistryDriver } from './registry.js';
import type { StandardSchemaV1 } from './standard-schema.js';
import type { Tracer } from './tracing.js';
import type { ClientTransport, ServerTransport } from './transport.js';

/** What fills each slot. A slot with many instances, such as a breaker per service, is filled by a function that makes one. */
export interface Slots {
  registry: RegistryDriver;
  config: ConfigDriver;
  transport: { readonly client?: ClientTransport; readonly server?: ServerTransport };
  balancer: () => LoadBalancer;
  breaker: () => CircuitBreaker;
  tracing: Tracer;
  metrics: Metrics;
  logging: Logger;
  /** Anything of the user's that starts and stops with the host. */
  plugin: unknown;
}

/** What a driver finds around it while it opens. */
export interface DriverHost {
  /** The opened content of a slot that `needs` names. @throws WEFT_PLUGIN_INVALID when it does not name it */
  get<Slot extends keyof Slots>(slot: Slot): Slots[Slot];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Fires when the step takes too long. */
  readonly signal: AbortSignal;
}

/** An opened driver. The host starts in the order of `needs` and stops in reverse. */
export interface Opened<Value> {
  readonly value: Value;
  start?(signal: AbortSignal): Promise<void>;
  stop?(signal: AbortSignal): Promise<void>;
}

/** Default export of every driver package. */
export interface Driver<Slot extends keyof Slots = keyof Slots, Options = unknown> {
  /** Version of this contract. */
  readonly contract: 1;
  readonly slot: Slot;
  readonly name: string;
  readonly needs?: readonly (keyof Slots)[];
  /** Checked before anything is opened; unknown keys are issues. */
  readonly options: StandardSchemaV1<unknown, Options>;
  open(options: Options, host: DriverHost): Promise<Opened<Slots[Slot]>>;
}
