import type { ConfigClient, ConfigOptions } from '@weft/config';
import type { ConfigDriver, RegistryDriver } from '@weft/core';
import type { Registry, RegistryOptions } from '@weft/registry';
import type { FaultProxy, RunningServer, ServerCluster } from '@weft-tooling/servers';
import type { LogLines } from './log-lines.js';

/** A server that the drivers are run on; etcd is 3.4. */
export type BackendName = 'consul' | 'etcd' | 'etcd35' | 'redis';

/** How a backend is started. */
export interface BackendOptions {
  /** Whether a restart keeps what was written; default `disk` = it does. */
  readonly data?: 'memory' | 'disk';
  /** Whether `address` is a fault proxy in front of the server; default false. */
  readonly proxy?: boolean;
  /** Whether the server wants credentials; those of `options` are then good ones. Default false. */
  readonly accounts?: boolean;
  /** How many servers form it (consul, etcd): 3 make a cluster, whose `server` is a follower. Default 1. */
  readonly servers?: 1 | 3;
  /** More arguments for the server. */
  readonly args?: readonly string[];
}

/** Options of a driver: address, credentials, whatever the test is about. */
export type DriverOptions = Readonly<Record<string, unknown>>;

/** One running server, the ways to it through our drivers, and the ways to it through its own tools. */
export interface Backend {
  /** Which one. */
  readonly name: BackendName;
  /** Word of the drivers: `consul`, `etcd` or `redis`. */
  readonly driver: 'consul' | 'etcd' | 'redis';
  /** The process: kill, pause, resume, start, restart, run. */
  readonly server: RunningServer;
  /** All servers of a cluster. @throws when it is none */
  readonly cluster: ServerCluster;
  /** The proxy in front of it: cut, stall, delay, heal. @throws when it was not asked for */
  readonly proxy: FaultProxy;
  /** What clients connect to: the proxy's address, else the server's; those of a cluster with commas between. */
  readonly address: string;
  /** Driver options that work: address and, with `accounts`, credentials. */
  readonly options: DriverOptions;
  /** Driver options whose password or token is wrong; needs `accounts`. */
  readonly wrongOptions: DriverOptions;
  /** What our side logged so far. */
  readonly log: LogLines;
  /**
   * The `registry` block of a config for a process of its own: driver, options, ttl, timeout. Pass it as JSON in an
   * environment variable.
   */
  registryBlock(more?: DriverOptions): Readonly<Record<string, unknown>>;
  /** A `Registry` on this server with the timing of the run; `driver` overrides driver options. Closed at the end. */
  openRegistry(options?: RegistryOptions & { readonly driver?: DriverOptions }): Promise<Registry>;
  /** The bare registry driver. Closed at the end. */
  openRegistryDriver(options?: DriverOptions): Promise<RegistryDriver>;
  /** A `ConfigClient` on this server with the timing of the run. Closed at the end. */
  openConfig(options?: ConfigOptions & { readonly driver?: DriverOptions }): Promise<ConfigClient>;
  /** The bare config driver. Closed at the end. */
  openConfigDriver(options?: DriverOptions): Promise<ConfigDriver>;
  /** Writes a record with the backend's own means, past our drivers; `text` stands where the record's JSON stands. */
  rawPut(service: string, id: string, text: string): Promise<void>;
  /** Writes a config value with the backend's own tool, at `server` unless told; `key` with prefix, such as `config/limits`. */
  rawSetConfig(key: string, text: string, at?: RunningServer): Promise<void>;
  /** Removes a config value with the backend's own tool. */
  rawRemoveConfig(key: string): Promise<void>;
  /** kill -9, everything it knew removed, started again on the same port; with `accounts` they are made anew. */
  restartEmpty(): Promise<void>;
  /** Removes the account of `options`, from open connections too, while the server runs; needs `accounts`. */
  revoke(): Promise<void>;
  /** Gives it back. */
  restore(): Promise<void>;
  /** Leaves the account of `options`, but without any right to read or write; needs `accounts`. */
  narrow(): Promise<void>;
  /** Gives the rights back. */
  widen(): Promise<void>;
  /** Drops the history that watches continue from (etcd); elsewhere does nothing. */
  compact(): Promise<void>;
  /** Closes what was opened through it, then stops proxy and server. Idempotent. */
  stop(): Promise<void>;
}
