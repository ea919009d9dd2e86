import { type RunningServer, startServer } from '@weft-tooling/servers';
import type { FaultStage } from './fault-row.js';

const MANY_CONNECTIONS = 'limits { http_max_conns_per_client = 10000 }';

/**
 * The server of a row in which one address stands for very many clients: Consul takes 200 connections of an address unless
 * it is told otherwise, so there it is one of its own.
 */
export async function roomyServer({ backend, atEnd }: FaultStage): Promise<RunningServer> {
  if (backend.driver !== 'consul') return backend.server;
  const server = await startServer('consul', { args: ['-hcl', MANY_CONNECTIONS] });
  atEnd(() => server.stop());
  return server;
}
