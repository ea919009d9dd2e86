import { setTimeout as rest } from 'node:timers/promises';
import { type FaultRow, faultRow } from './fault-row.js';
import { Scene } from './scene.js';
import { timing } from './timing.js';

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
