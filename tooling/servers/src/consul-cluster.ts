import { setTimeout as sleep } from 'node:timers/promises';
import { consulMember } from './consul-recipe.js';
import { httpGetText } from './http-get.js';
import type { RunningServer } from './running-server.js';
import type { LaunchPlan } from './server-recipe.js';
import { createServer } from './start-server.js';

/** Some Consul servers that elect a leader among them. */
export interface ConsulCluster {
  /** All of them, on disk; after `kill`, `start` resolves when the agent answers, before there need be a leader. */
  readonly servers: readonly RunningServer[];
  /**
   * The server that leads.
   * @throws Error if none leads within 20 s
   */
  leader(): Promise<RunningServer>;
  /** Stops all of them. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts Consul servers on 127.0.0.1 and waits until one of them leads.
 * @throws Error as `startServer` does
 */
export async function startConsulCluster(size = 3): Promise<ConsulCluster> {
  const plans: LaunchPlan[] = [];
  const members = Array.from({ length: size }, (_, index) =>
    createServer(
      'consul',
      consulMember(index, () => plans),
      {},
    ),
  );
  const servers = await Promise.all(members);
  plans.push(...servers.map(({ plan }) => plan));
  const cluster: ConsulCluster = {
    servers,
    leader: () => leaderOf(servers),
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  };
  try {
    await Promise.all(servers.map((server) => server.start()));
    await cluster.leader();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Each is asked about itself: the others go on naming a dead leader for a while. */
async function leaderOf(servers: readonly RunningServer[]): Promise<RunningServer> {
  const lastAt = Date.now() + 20_000;
  for (;;) {
    const claims = await Promise.all(servers.map((server) => leads(server)));
    const leader = servers[claims.indexOf(true)];
    if (leader) return leader;
    if (Date.now() > lastAt) throw new Error('no Consul server became the leader within 20 s');
    await sleep(50);
  }
}

async function leads({ port, ports }: RunningServer): Promise<boolean> {
  const leader = await httpGetText(port, '/v1/status/leader').catch(() => '');
  return leader.includes(`:${ports.server}"`);
}
