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
  /** Leaves nothing behind. */
  close(): Promise<void>;
}

const WITHOUT_SERVER = 'Install it so that it is found on PATH, or run the tour without --registry: that needs no server.';

/**
 * Makes a new, empty backend: a folder, or a server that keeps on disk what it is told.
 * @throws Error that says why there is no such server, and what can be done
 */
export async function openBackend(driver: BackendName): Promise<Backend> {
  if (driver === 'file') return openFolder();
  const found = await obtainServer(driver);
  if ('missing' in found) throw new Error(`${found.missing}\n  ${WITHOUT_SERVER}`);
  const server = await startServer(driver, { data: 'disk' });
  return { driver, address: server.address, server, close: () => server.stop() };
}

async function openFolder(): Promise<Backend> {
  const address = await mkdtemp(join(tmpdir(), 'weft-shop-'));
  const close = () => rm(address, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  return { driver: 'file', address, close };
}
