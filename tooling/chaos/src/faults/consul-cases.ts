import { setTimeout as rest } from 'node:timers/promises';
import type { RunningServer } from '@weft-tooling/servers';
import { expect } from 'vitest';
import { type FaultRow, faultRow } from './fault-row.js';
import { Scene } from './scene.js';
import { timing } from './timing.js';
import { until } from './until.js';

/** A beat, the greatest jitter of it, and the 2 s of semantics 21. */
const OWN_AGENT_MS = 13_000;

/** The leader of three dies. */
export const leaderLost: FaultRow = faultRow({
  id: 'leader-lost',
  title: 'kill -9 of the leader of three: nobody is dropped, and every watch goes on under the next leader',
  bounds: { recoverMs: 10_000 },
  on: ['consul'],
  backend: { servers: 3 },
  async run({ backend, atEnd, recovered }) {
    const scene = await Scene.open(backend);
    atEnd(() => scene.close());
    const leader = await backend.cluster.leader();
    // A provider is at whichever agent answered it in time: after an election that need not be the first one.
    const wasThere = await holds(leader, 'things-1');
    await leader.kill();
    recovered(await scene.continues());
    // Consul holds a service to be as dead as the node that it is registered at, until its provider has gone to another one.
    if (wasThere) await until('a beat at another agent', OWN_AGENT_MS, () => scene.ids().join() === 'things-1');
    expect(scene.ids(), scene.told()).toEqual(['things-1']);
    await leader.start();
    await scene.untilRegistered();
  },
});

/** Two of three die: nobody can write, but what is known can be read. */
export const quorumLost: FaultRow = faultRow({
  id: 'quorum-lost',
  title: 'loss of quorum: the list stays, stale reads go on, and writes come back with the servers',
  bounds: { recoverMs: 15_000 },
  on: ['consul'],
  backend: { servers: 3 },
  timeoutMs: timing.pick(90_000, 300_000),
  async run({ backend, atEnd, recovered }) {
    const scene = await Scene.open(backend);
    atEnd(() => scene.close());
    // What has only just been written need not have come to the follower that stays.
    await rest(1_000);
    const lost = backend.cluster.servers.filter((server) => server !== backend.server);
    await Promise.all(lost.map((server) => server.kill()));
    await rest(timing.pick(4_000, 30_000));
    const driver = await backend.openRegistryDriver();
    const records = await driver.list('things', { signal: AbortSignal.timeout(timing.timeoutMs) });
    expect(records.map(({ id }) => id)).toEqual(['things-1']);
    expect(scene.ids(), scene.told()).toEqual(['things-1']);
    await Promise.all(lost.map((server) => server.start()));
    recovered(await scene.continues());
    await scene.untilRegistered();
  },
});

/** Whether a service is registered at this very agent. */
async function holds({ address }: RunningServer, id: string): Promise<boolean> {
  const response = await fetch(`http://${address}/v1/agent/services`);
  const services = (await response.json()) as object;
  return Object.hasOwn(services, id);
}
