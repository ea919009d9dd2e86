import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainServer, type RunningServer, startServer } from '@weft-tooling/servers';

/** What the shop can be played on. */
export const BACKENDS = ['file', 'consul', 'etcd', 'redis'] as const;

/** Word of a driver. */
export type BackendName = (typeof BACKENDS)[number];

/** Where the shop's processes find each other and their settings. */
export interface Backend {
  /** Word of the driver of the registry and of the config center. */
  readonly driver: BackendName;
  /** A folder, or `host:port`. */
  readonly address: string;
  /** The server behind it, where there is one. */
  readonly server?: RunningServer;
  /** Folder that stands for the database of orders; without one each process has its own in memory. */
  readonly ledger?: string;
  /** `host:port` of a Redis in which the instances of orders remember together what they have answered; else each for itself. */
  readonly keys?: string;
  /** Leaves nothing behind. */
  close(): Promise<void>;
}

const WITHOUT_SERVER = 'Install it so that it is found on PATH, or run the tour without --registry: that needs no server.';

/**
 * Makes a new, empty backend: a folder, or a server that keeps on disk what it is told. On Redis there is a second one beside
 * it for the keys of orders: while it is away no order can be placed, so it must not go when the registry does.
 * @throws Error that says why there is no such server, and what can be done
 */
export async function openBackend(driver: BackendName): Promise<Backend> {
  const found = driver === 'file' ? undefined : await obtainServer(driver);
  if (found && 'missing' in found) throw new Error(`${found.missing}\n  ${WITHOUT_SERVER}`);
  const folder = await mkdtemp(join(tmpdir(), 'weft-shop-'));
  const servers: RunningServer[] = [];
  const close = async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  const ledger = join(folder, 'ledger');
  try {
    if (driver === 'file') return { driver, address: join(folder, 'registry'), ledger, close };
    const server = await startServer(driver, { data: 'disk' });
    servers.push(server);
    if (driver !== 'redis') return { driver, address: server.address, server, ledger, close };
    const keys = await startServer('redis');
    servers.push(keys);
    return { driver, address: server.address, server, ledger, keys: keys.address, close };
  } catch (error) {
    await close();
    throw error;
  }
}
