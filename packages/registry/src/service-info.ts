import { type Endpoint, type InstanceStatus, type ServiceInstance, WeftError } from '@weft/core';

/** A record as `Registry` hands it to users: with the default endpoint spelled out. */
export interface ServiceInfo extends ServiceInstance {
  /** Same as `host`. */
  readonly address: string;
  /** Port of the first endpoint. */
  readonly port: number;
  /** Protocol of the first endpoint. */
  readonly protocol: string;
}

/** What a user writes to announce an instance; everything but the name and a port has a default. */
export interface ServiceDescription {
  /** The service that the instance is one of. */
  readonly name: string;
  /** Default `<name>-<8 random characters>`. */
  readonly id?: string | undefined;
  /** Default `0.0.0`. */
  readonly version?: string | undefined;
  /** Host name or IP address that callers connect to; default 127.0.0.1. */
  readonly host?: string | undefined;
  /** The seed's word for `host`. */
  readonly address?: string | undefined;
  /** Shorthand for one endpoint; one of `port` and `endpoints` is required. */
  readonly port?: number | undefined;
  /** Protocol of `port`; default `http`. */
  readonly protocol?: string | undefined;
  /** Every way to reach the instance; the first is the default. Wins over `port`. */
  readonly endpoints?: readonly [Endpoint, ...Endpoint[]] | undefined;
  /** Default `up`. */
  readonly status?: InstanceStatus | undefined;
  /** Path that answers 2xx while the instance can serve; default none. */
  readonly healthPath?: string | undefined;
  /** Default the start instant + random. */
  readonly incarnation?: string | undefined;
  /** Share of traffic from 0 (drained); default 1. */
  readonly weight?: number | undefined;
  /** Default none. */
  readonly zone?: string | undefined;
  /** Default none. */
  readonly tags?: readonly string[] | undefined;
  /** At most 64 keys and 8 KiB; default empty. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** A description, or something that describes itself, such as a `Service`. */
export type ServiceSource = ServiceDescription | { toInfo(): ServiceDescription };

/** What tells a record from all others: its service and its id. */
export function instanceKey({ name, id }: { readonly name: string; readonly id: string }): string {
  return `${name}\n${id}`;
}

/** The description that `source` is or gives. @throws WEFT_INVALID_ARGUMENT when it is no object */
export function descriptionOf(source: ServiceSource): ServiceDescription {
  if (typeof source !== 'object' || source === null) {
    const found = source === null ? 'null' : typeof source;
    throw new WeftError('WEFT_INVALID_ARGUMENT', `service: expected { name, port, ... } or a Service, found ${found}`);
  }
  return 'toInfo' in source && typeof source.toInfo === 'function' ? source.toInfo() : (source as ServiceDescription);
}
