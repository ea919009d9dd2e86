import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as rest } from 'node:timers/promises';
import { expect } from 'vitest';
import { failedOf, told } from '../load.js';
import { type FaultStage, faultRow } from './fault-row.js';
import { recordWriter } from './record-writer.js';
import { ServiceDiary } from './service-diary.js';
import { ThingsScene } from './things-scene.js';
import { timing } from './timing.js';
import { until } from './until.js';

/** A provider dies, and comes back under its id on another port. */
export const r16 = faultRow({
  id: 'R16',
  title: 'a provider restarts on a new port with the same id: the old address is unused, there is no second entry',
  bounds: { recoverMs: 2_000 },
  async run(stage) {
    const scene = await ThingsScene.open(stage, { count: 3 });
    const diary = new ServiceDiary(stage, scene.registry, 'things');
    const others = await recordWriter(stage);
    const old = scene.providers.get('things-1');
    await scene.providers.kill('things-1');
    const fresh = await scene.providers.add('things-1');
    expect(fresh.port).not.toBe(old.port);
    const portOf = () => scene.view.instances.find(({ id }) => id === 'things-1')?.endpoints[0].port;
    stage.recovered(await until('the caller knows the new port', 20_000, () => portOf() === fresh.port));
    await rest(scene.registry.propagationMs);
    const visits = await visitsOf(stage, old.port);
    const sinceMs = scene.load.nowMs();
    await until('the new one answers', 10_000, () => scene.answeredSince(sinceMs).has('things-1'));
    await rest(1_000);
    expect(visits(), 'connections to the old address').toBe(0);
    const calls = await scene.load.stop();
    expect(failedOf(calls, 'GET').length, told(calls)).toBe(0);
    for (const { error } of failedOf(calls, 'POST'))
      expect(error, told(calls)).toMatchObject({ code: 'WEFT_UNAVAILABLE', ambiguous: true });
    expect(await others.ids('things')).toBe('things-1,things-2,things-3');
    for (const list of diary.lists) expect(new Set(list.map(({ id }) => id)).size, 'an id stands once').toBe(list.length);
    expect(portOf()).toBe(fresh.port);
  },
});

/** Two providers believe to be the same one. */
export const r17 = faultRow({
  id: 'R17',
  title: 'two providers claim one id: the newer wins, the older says so and stops, never two addresses',
  bounds: { detectMs: timing.beatMs + 2_000, recoverMs: 2_000 },
  async run(stage) {
    const scene = await ThingsScene.open(stage, { count: 2 });
    const diary = new ServiceDiary(stage, scene.registry, 'things');
    const others = await recordWriter(stage);
    const older = scene.providers.get('things-1');
    const newer = await scene.providers.add('things-1');
    const portOf = () => scene.view.instances.find(({ id }) => id === 'things-1')?.endpoints[0].port;
    stage.recovered(await until('the caller knows the newer', 20_000, () => portOf() === newer.port));
    const conflicts = async () =>
      (await scene.providers.registrationOf(older)).told.filter(({ event }) => event === 'conflict').length;
    stage.detected(await until('the older has told', 60_000, async () => (await conflicts()) === 1));
    expect((await scene.providers.registrationOf(older)).isRegistered).toBe(false);
    expect((await scene.providers.registrationOf(newer)).isRegistered).toBe(true);
    await until('nothing changes for a beat', timing.beatMs + 5_000, notBefore(timing.beatMs + 500));
    expect(portOf()).toBe(newer.port);
    expect(await others.ids('things')).toBe('things-1,things-2');
    expect(await conflicts()).toBe(1);
    const ports = diary.lists.map((list) => list.filter(({ id }) => id === 'things-1').map(({ port }) => port));
    expect(
      ports.every((known) => known.length <= 1),
      JSON.stringify(ports),
    ).toBe(true);
    expect(new Set(ports.flat())).toEqual(new Set([older.port, newer.port]));
    await scene.noneFailed(stage);
  },
});

/** Listens where somebody listened before; gives how often somebody came. */
async function visitsOf({ atEnd }: FaultStage, port: number): Promise<() => number> {
  let visits = 0;
  const server = createServer((socket) => {
    visits++;
    socket.destroy();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => server.close());
  return () => visits;
}

/** True from `ms` from now on. */
function notBefore(ms: number): () => boolean {
  const at = performance.now() + ms;
  return () => performance.now() >= at;
}
