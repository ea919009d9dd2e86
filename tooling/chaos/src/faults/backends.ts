import { type RunningServer, type ServerCluster, startFaultProxy, startServer } from '@weft-tooling/servers';
import type { Backend, BackendName, BackendOptions } from './backend.js';
import type { BackendMeans } from './backend-means.js';
import { consulMeans } from './consul-means.js';
import { etcd35Means, etcdMeans } from './etcd-means.js';
import { redisMeans } from './redis-means.js';
import { RunningBackend } from './running-backend.js';

const BACKENDS: Readonly<Record<BackendName, BackendMeans>> = {
  consul: consulMeans,
  etcd: etcdMeans,
  etcd35: etcd35Means,
  redis: redisMeans,
};

/** What is special about a backend. */
export function meansOf(name: BackendName): BackendMeans {
  return BACKENDS[name];
}

/** Starts a server of its own on free ports, with accounts and a proxy where asked for. */
export async function startBackend(name: BackendName, options: BackendOptions = {}): Promise<Backend> {
  const means = meansOf(name);
  const { accounts = false } = options;
  const cluster = options.servers === 3 ? await startTogether(name, means) : undefined;
  const server = cluster ? await followerOf(cluster) : await startAlone(means, options);
  try {
    if (accounts) await means.openAccounts(server);
    const proxy = options.proxy ? await startFaultProxy({ port: server.port }) : undefined;
    return new RunningBackend(name, means, { server, cluster, proxy, accounts });
  } catch (error) {
    await (cluster ?? server).stop();
    throw error;
  }
}

function startAlone(means: BackendMeans, { data = 'disk', accounts = false, args = [] }: BackendOptions): Promise<RunningServer> {
  return startServer(means.server, {
    data,
    args: [...((accounts && means.accountArgs) || []), ...args],
    ...(accounts && means.accountConfig !== undefined && { config: means.accountConfig }),
  });
}

function startTogether(name: BackendName, { startCluster }: BackendMeans): Promise<ServerCluster> {
  if (!startCluster) throw new Error(`${name} elects no leader: there is no cluster of it`);
  return startCluster();
}

/** A server of the cluster that does not lead, so that it can outlive the leader. */
async function followerOf(cluster: ServerCluster): Promise<RunningServer> {
  const leader = await cluster.leader();
  const follower = cluster.servers.find((server) => server !== leader);
  if (!follower) throw new Error('a cluster of one has no follower');
  return follower;
}
