import { createRegistry } from '@weft/host';
import type {} from '@weft/registry-consul';
import type {} from '@weft/registry-etcd';
import type {} from '@weft/registry-redis';
import { type RunningServer, startServer } from '@weft-tooling/servers';
import type { MeetingPlace } from './providers.js';

/** A server that providers and callers may meet on. */
export type MeetingServer = 'consul' | 'etcd' | 'redis';

/** Starts a server of its own; the registries on it have their defaults. */
export async function openPlace(driver: MeetingServer): Promise<MeetingPlace & { readonly server: RunningServer }> {
  const server = await startServer(driver);
  const block = { driver, address: server.address };
  const registry = await createRegistry(block, { from: import.meta.url });
  return {
    registry,
    block,
    server,
    async close() {
      await registry.close();
      await server.stop();
    },
  };
}
