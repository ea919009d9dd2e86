/** One way to reach an instance; the first of its list is the default. */
export interface Endpoint {
  /** `http`, `https`, `rpc`, `grpc` or `memory`. */
  readonly protocol: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** Whether an instance wants traffic: only `up` does. */
export type InstanceStatus = 'up' | 'not-ready' | 'draining';

/** The record of one running instance, as a registry holds it. */
export interface ServiceInstance {
  /** Names it among all instances of its service. */
  readonly id: string;
  /** The service that it is one of. */
  readonly name: string;
  /** Version of the service, such as `1.2.0`. */
  readonly version: string;
  /** Host name or IP address that callers connect to. */
  readonly host: string;
  /** Every way to reach it; the first is the default. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  /** Whether it wants traffic. */
  readonly status: InstanceStatus;
  /** Path that answers 2xx while the instance can serve. */
  readonly healthPath?: string;
  /** Sortable start instant + random: of two claimants of one id the greater one wins. */
  readonly incarnation: string;
  /** Share of traffic relative to the others, from 0 (drained); 1 unless set. */
  readonly weight: number;
  /** Where it runs, such as `eu-1a`. */
  readonly zone?: string;
  /** Words to filter by. */
  readonly tags: readonly string[];
  /** Free facts: at most 64 keys and 8 KiB. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The same object for the same id + incarnation, for as long as it is listed: state can hang on it in a WeakMap. */
export interface InstanceHandle {
  /** Same as `instance.id`. */
  readonly id: string;
  /** The newest record of it. */
  readonly instance: ServiceInstance;
}

/**
 * An immutable list of handles. Its identity changes with membership, availability and the facts that balancers choose by
 * (weight, version, zone, tags, metadata), and with nothing else.
 */
export type Snapshot = readonly InstanceHandle[];
