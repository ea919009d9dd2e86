import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningServer } from './running-server.js';
import type { ServerName } from './server-name.js';
import type { LaunchPlan, ServerRecipe } from './server-recipe.js';
import { createServer } from './start-server.js';

/** Some servers that elect a leader among them. */
export interface ServerCluster {
  /** All of them, on disk; after `kill`, `start` resolves when the server answers, before there need be a leader. */
  readonly servers: readonly RunningServer[];
  /**
   * The server that leads.
   * @throws Error if none leads within 20 s
   */
  leader(): Promise<RunningServer>;
  /** Stops all of them. May be called again. */
  stop(): Promise<void>;
}

/** What servers of one kind do to form a cluster. */
export interface ClusterKind {
  /** Which servers. */
  readonly name: ServerName;
  /** One of them; `plans` gives those of all, its own included. */
  member(index: number, plans: () => readonly LaunchPlan[]): ServerRecipe;
  /** Whether a server says of itself that it leads. The others may go on naming a dead leader for a while. */
  leads(server: RunningServer): Promise<boolean>;
}

/**
 * Starts servers on 127.0.0.1 and waits until one of them leads.
 * @throws Error as `startServer` does
 */
export async function startCluster({ name, member, leads }: ClusterKind, size: number): Promise<ServerCluster> {
  const plans: LaunchPlan[] = [];
  const members = Array.from({ length: size }, (_, index) =>
    createServer(
      name,
      member(index, () => plans),
      {},
    ),
  );
  const servers = await Promise.all(members);
  plans.push(...servers.map(({ plan }) => plan));
  const cluster: ServerCluster = {
    servers,
    leader: () => leaderOf(name, servers, leads),
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

async function leaderOf(
  name: ServerName,
  servers: readonly RunningServer[],
  leads: ClusterKind['leads'],
): Promise<RunningServer> {
  const lastAt = Date.now() + 20_000;
  for (;;) {
    const claims = await Promise.all(servers.map((server) => leads(server)));
    const leader = servers[claims.indexOf(true)];
    if (leader) return leader;
    if (Date.now() > lastAt) throw new Error(`no ${name} server became the leader within 20 s`);
    await sleep(50);
  }
}
