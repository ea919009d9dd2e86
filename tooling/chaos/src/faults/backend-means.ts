import type { RunningServer, ServerCluster, ServerName } from '@weft-tooling/servers';
import type { DriverOptions } from './backend.js';

/** What differs between the servers: how one is started, and what only its own tools can do. */
export interface BackendMeans {
  /** Word of our drivers for it. */
  readonly driver: 'consul' | 'etcd' | 'redis';
  /** Name of the server in tooling/servers. */
  readonly server: ServerName;
  /** Driver options of the account that `openAccounts` makes. */
  readonly credentials: DriverOptions;
  /** Driver options with a wrong password or token. */
  readonly wrongCredentials: DriverOptions;
  /** Arguments of a server that wants credentials. */
  readonly accountArgs?: readonly string[];
  /** Configuration of a server that wants credentials, for those that take it as text. */
  readonly accountConfig?: string;
  /** Starts three servers that elect a leader among them. */
  startCluster?(): Promise<ServerCluster>;
  /** Makes the account of `credentials`; run after the start of a server that knows none yet. */
  openAccounts(server: RunningServer): Promise<void>;
  /** Takes the rights of that account away, from open connections too. */
  revoke(server: RunningServer): Promise<void>;
  /** Gives them back. */
  restore(server: RunningServer): Promise<void>;
  /** Leaves the account, but without any right to read or write. */
  narrow(server: RunningServer): Promise<void>;
  /** Gives the rights back. */
  widen(server: RunningServer): Promise<void>;
  /** Writes a record past our drivers: `text` where the record's JSON stands. */
  putRecord(server: RunningServer, service: string, id: string, text: string): Promise<void>;
  /** Writes a config value, as the administrator. */
  setConfig(server: RunningServer, key: string, text: string): Promise<void>;
  /** Removes a config value. */
  removeConfig(server: RunningServer, key: string): Promise<void>;
  /** Drops the history that watches continue from. */
  compact?(server: RunningServer): Promise<void>;
}
