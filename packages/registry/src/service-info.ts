import type { Endpoint, InstanceStatus, ServiceInstance } from '@weft/core';

/** A record as `Registry` hands it to users: with the default endpoint spelled out. */
export interface ServiceInfo extends ServiceInstance {
  /** Same as `host`. */
  readonly address: string;
  /** Port of the first endpoint. */
  readonly port: number;
  /** Protocol of the first endpoint. */
  readonly protocol: string;
}

/** What a user writes to announce an instance; everything but the name has a default. */
export interface ServiceDescription {
  readonly name: string;
  /** Default `<name>-<8 random characters>`. */
  readonly id?: string;
  /** Default `0.0.0`. */
  readonly version?: string;
  /** Default 127.0.0.1. `address` is the seed's word for the same. */
  readonly host?: string;
  readonly address?: string;
  /** Shorthand for one endpoint; one of `port` and `endpoints` is required. */
  readonly port?: number;
  /** Protocol of `port`; default `http`. */
  readonly protocol?: string;
  readonly endpoints?: readonly [Endpoint, ...Endpoint[]];
  readonly status?: InstanceStatus;
  readonly healthPath?: string;
  readonly incarnation?: string;
  readonly weight?: number;
  readonly zone?: string;
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
}
