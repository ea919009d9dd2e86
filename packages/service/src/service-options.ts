import type { Duration, ListenOptions } from '@weft/core';
import type { ProtectionOptions } from './protection-options.js';

/** Where and how a service is checked. */
export interface HealthCheckOptions {
  /** Path that answers 200 or 503 with all checks; default `/health`. */
  readonly path?: string | undefined;
  /** Time between two runs of the checks; default 30 s. */
  readonly interval?: Duration | undefined;
  /** Time each check may take; default 5 s. */
  readonly timeout?: Duration | undefined;
}

/** How a service leaves. */
export interface DrainOptions {
  /** Time to go on serving after the record is gone; default: what the registry needs to tell its watchers. */
  readonly propagation?: Duration | undefined;
  /** Time for calls in flight to finish; default 20 s. */
  readonly grace?: Duration | undefined;
}

/** Upper bounds for what callers send. */
export interface LimitOptions {
  /** Body of a request in bytes, counted after decompression; default 1 MiB. Beyond it: 413. */
  readonly bodyBytes?: number | undefined;
  /** Headers of a request in bytes; default 16 KiB. Beyond it, or with more than 100 headers: 431. */
  readonly headerBytes?: number | undefined;
  /** Connections at a time; more are dropped. Default 10,000. */
  readonly connections?: number | undefined;
}

/** What a service is made with. Only the name is required. */
export interface ServiceOptions extends ProtectionOptions {
  /** Name that callers look for: letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** Default `0.0.0`. */
  readonly version?: string | undefined;
  /** Default `<name>-<8 random characters>`. */
  readonly id?: string | undefined;
  /** Address to bind; default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Port to bind; default 0, any free one. */
  readonly port?: number | undefined;
  /** Whether to listen for HTTP at all; default true. `false` needs `transports`. */
  readonly http?: boolean | undefined;
  /** Address that callers are told, when it is not the bound one. */
  readonly advertise?: { readonly host?: string | undefined; readonly port?: number | undefined } | undefined;
  /** Serves HTTPS. With `ca`, callers must show a certificate of that authority. */
  readonly tls?: NonNullable<ListenOptions['tls']> | undefined;
  /** Facts for callers and balancers; at most 64 keys and 8 KiB. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Labels that callers can filter by. */
  readonly tags?: readonly string[] | undefined;
  /** Zone that the service runs in. */
  readonly zone?: string | undefined;
  /** Share of traffic relative to the other instances, from 0 (none); default 1. */
  readonly weight?: number | undefined;
  /** Health path, or path, interval and timeout. */
  readonly healthCheck?: string | HealthCheckOptions | undefined;
  /** How the service leaves. */
  readonly drain?: DrainOptions | undefined;
  /** Upper bounds for what callers send. */
  readonly limits?: LimitOptions | undefined;
  /** Addresses and CIDR ranges whose `x-forwarded-*` headers count; default loopback. */
  readonly trustedPeers?: readonly string[] | undefined;
  /** Whether `start()` fails when the registry does not take the service in time; default false. */
  readonly requireRegistration?: boolean | undefined;
  /** Whether an unknown X-API-Version is answered with 400 instead of by the latest; default false. */
  readonly strictVersions?: boolean | undefined;
}
