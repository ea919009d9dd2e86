import { consulMember } from './consul-recipe.js';
import { httpGetText } from './http-get.js';
import type { RunningServer } from './running-server.js';
import { type ServerCluster, startCluster } from './server-cluster.js';

/**
 * Starts Consul servers on 127.0.0.1 and waits until one of them leads.
 * @throws Error as `startServer` does
 */
export function startConsulCluster(size = 3): Promise<ServerCluster> {
  return startCluster({ name: 'consul', member: consulMember, leads }, size);
}

async function leads({ port, ports }: RunningServer): Promise<boolean> {
  const leader = await httpGetText(port, '/v1/status/leader').catch(() => '');
  return leader.includes(`:${ports.server}"`);
}
