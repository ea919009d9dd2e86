/** One way to reach an instance; the first of its list is the default. */
export interface Endpoint {
  /** `http`, `https`, `rpc`, `grpc` or `memory`. */
  readonly protocol: string;
  readonly port: number;
}

/** Whether an instance wants traffic: only `up` does. */
export type InstanceStatus = 'up' | 'not-ready' | 'draining';

/** The record of one running instance, as a registry holds it. */
export interface ServiceInstance {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** Host name or IP address that callers connect to. */
  readonly host: string;
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  readonly status: InstanceStatus;
  /** Path that answers 2xx while the instance can serve. */
  readonly healthPath?: string;
  /** Sortable start instant + random: of two claimants of one id the greater one wins. */
  readonly incarnation: string;
  /** Share of traffic relative to the others, from 0 (drained); 1 unless set. */
  readonly weight: number;
  readonly zone?: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The same object for the same id + incarnation, for as long as it is listed: state can hang on it in a WeakMap. */
export interface InstanceHandle {
  readonly id: string;
  /** The newest record of it. */
  readonly instance: ServiceInstance;
}

/** An immutable list of handles. Its identity changes with membership, availability or weight, and with nothing else. */
export type Snapshot = readonly InstanceHandle[];
