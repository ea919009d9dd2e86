import { etcdMember } from './etcd-recipe.js';
import { httpGetText } from './http-get.js';
import type { RunningServer } from './running-server.js';
import { type ServerCluster, startCluster } from './server-cluster.js';

/**
 * Starts etcd servers on 127.0.0.1 and waits until one of them leads.
 * @throws Error as `startServer` does
 */
export function startEtcdCluster(size = 3, name: 'etcd' | 'etcd35' = 'etcd'): Promise<ServerCluster> {
  return startCluster({ name, member: etcdMember, leads }, size);
}

async function leads({ ports }: RunningServer): Promise<boolean> {
  const metrics = await httpGetText(ports.metrics ?? 0, '/metrics').catch(() => '');
  return /^etcd_server_is_leader 1$/m.test(metrics);
}
