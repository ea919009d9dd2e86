import { setTimeout as rest } from 'node:timers/promises';
import { expect } from 'vitest';
import { type FaultRow, faultRow } from './fault-row.js';
import { Scene } from './scene.js';
import { timing } from './timing.js';
import { until } from './until.js';

const BACK_MS = 10_000;

/** The history that a watch would continue from is gone. */
export const compaction: FaultRow = faultRow({
  id: 'compaction',
  title: 'compacted while we were cut off: listed anew, nobody lost, and every watch goes on',
  bounds: { recoverMs: 4_000 },
  on: ['etcd', 'etcd35'],
  backend: { proxy: true },
  async run({ backend, atEnd, recovered }) {
    const scene = await Scene.open(backend);
    atEnd(() => scene.close());
    backend.proxy.cut();
    for (let n = 1; n <= 5; n++) await backend.rawSetConfig('config/other', String(n));
    await backend.compact();
    await rest(timing.pick(500, 5_000));
    backend.proxy.heal();
    recovered(await scene.continues());
    await scene.untilRegistered();
  },
});

/** Every server of three dies once, so that whoever is connected to whichever of them loses it. */
export const eachLost: FaultRow = faultRow({
  id: 'each-lost',
  title: 'kill -9 of each of three in turn, the leader first: nobody is dropped, and every watch goes on by another address',
  bounds: { recoverMs: 10_000 },
  on: ['etcd'],
  backend: { servers: 3 },
  async run({ backend, atEnd, recovered }) {
    const scene = await Scene.open(backend);
    atEnd(() => scene.close());
    const { cluster } = backend;
    const leader = await cluster.leader();
    for (const lost of [leader, ...cluster.servers.filter((server) => server !== leader)]) {
      const lostAt = performance.now();
      await lost.kill();
      const at = await cluster.leader();
      expect(at).not.toBe(lost);
      const electedMs = performance.now() - lostAt;
      recovered(electedMs + (await scene.continues(at)));
      const late = await backend.openRegistryDriver();
      const records = await late.list('things', { signal: AbortSignal.timeout(timing.timeoutMs * 3) });
      expect(records.map(({ id }) => id)).toEqual(['things-1']);
      expect(scene.ids(), scene.told()).toEqual(['things-1']);
      await lost.start();
      // Else two of three would be away when the next one dies.
      await until('it takes part again', BACK_MS, () => lost.run(['get', 'none']).then(() => true));
    }
    await scene.untilRegistered();
  },
});
