import { setTimeout as rest } from 'node:timers/promises';
import { startFaultProxy, startServer } from '@weft-tooling/servers';
import { expect } from 'vitest';
import { failedOf, told } from '../load.js';
import { failureOf } from './failure-of.js';
import { faultRow } from './fault-row.js';
import { recordWriter } from './record-writer.js';
import { ServiceDiary } from './service-diary.js';
import { Switchboard } from './switchboard.js';
import { ThingsScene } from './things-scene.js';
import { timing } from './timing.js';
import { until } from './until.js';

const RECONNECT_MS = 4_000;
/** Three probes a second apart that fail, and the time for which a passed one is trusted. */
const SUSPECT_MS = 9_500;
const ALL = 'things-1,things-2,things-3,things-4,things-5';

/** What a watch missed while it was away cannot be read up any more: etcd compacts; Consul and Redis keep no history at all. */
export const r39 = faultRow({
  id: 'R39',
  title: 'history is gone after a cut: listed and watched anew, no instance lost, each change told once',
  bounds: { recoverMs: RECONNECT_MS },
  backend: { proxy: true },
  async run(stage) {
    const { backend } = stage;
    const others = await recordWriter(stage);
    for (const id of ['a', 'b', 'c', 'd']) await others.put(id, 'things');
    const registry = await backend.openRegistry();
    const diary = new ServiceDiary(stage, registry, 'things');
    await until('four records are seen', 10_000, () => diary.ids.length === 4);
    backend.proxy.cut();
    await others.put('e', 'things');
    await others.put('a', 'things', { version: '2.0.0', incarnation: '2' });
    await others.remove('b', 'things');
    for (let n = 0; n < 20; n++) await others.put('x', 'unrelated', { version: `1.0.${n}`, incarnation: String(100 + n) });
    await backend.compact();
    await rest(timing.pick(1_500, 10_000));
    backend.proxy.heal();
    const isWhole = () => diary.ids.join() === 'a,c,d,e' && diary.lists.at(-1)?.some(({ version }) => version === '2.0.0');
    stage.recovered(await until('what came meanwhile is seen', 60_000, isWhole));
    await others.put('f', 'things');
    await until('and what comes then', 10_000, () => diary.ids.join() === 'a,c,d,e,f');
    await rest(1_000);
    const changes = diary.told.slice(diary.told.findIndex((line) => line.startsWith('snapshot') && line.includes('d')) + 1);
    expect(changes.sort()).toEqual(['added e', 'added f', 'removed b', 'updated a']);
  },
});

/** Three of five providers cannot reach the registry any more; their caller reaches both them and the registry. */
export const r40 = faultRow({
  id: 'R40',
  title: 'partition between 3 of 5 providers and the registry: 0 failed calls, they stay as suspects and go on working',
  bounds: { recoverMs: timing.beatMs + RECONNECT_MS },
  timeoutMs: timing.pick(60_000, 180_000),
  async run(stage) {
    const { backend } = stage;
    const scene = await ThingsScene.open(stage, { count: 2 });
    const proxies = await Promise.all([1, 2, 3].map(() => startFaultProxy({ port: backend.server.port })));
    for (const proxy of proxies) stage.atEnd(() => proxy.close());
    await Promise.all(proxies.map((proxy, n) => scene.providers.add(`things-${n + 3}`, { address: proxy.address })));
    await until('all five are there', 15_000, () => scene.isWhole());
    const others = await recordWriter(stage);
    for (const proxy of proxies) proxy.cut();
    const gone = await until(
      'three leases have run out',
      timing.ttlMs * 4,
      async () => (await others.ids('things')) === 'things-1,things-2',
    );
    stage.figure('leases gone after', gone);
    await until('three are suspects', 15_000, () => scene.view.suspects.size === 3);
    const sinceMs = scene.load.nowMs();
    await rest(timing.pick(4_000, 15_000));
    expect(scene.view.instances.length, 'nobody is given up who passes probes').toBe(5);
    expect([...scene.answeredSince(sinceMs)].sort().join(), 'all work on').toBe(ALL);
    for (const proxy of proxies) proxy.heal();
    stage.recovered(await until('nobody is a suspect any more', 90_000, () => scene.isWhole()));
    await scene.noneFailed(stage);
  },
});

/** The caller is led to another server, which knows nobody. */
export const r41 = faultRow({
  id: 'R41',
  title:
    'an empty list after a reconnect is not believed: suspects are kept, dropped when probes fail; who says goodbye goes at once',
  bounds: { detectMs: SUSPECT_MS, recoverMs: RECONNECT_MS },
  timeoutMs: timing.pick(60_000, 180_000),
  async run(stage) {
    const { backend } = stage;
    const empty = await startServer(backend.server.name);
    stage.atEnd(() => empty.stop());
    const board = await Switchboard.open(backend.server.port);
    stage.atEnd(() => board.close());
    const scene = await ThingsScene.open(stage, { driver: { address: board.address } });
    board.to(empty.port);
    await until('all five are suspects', 15_000, () => scene.view.suspects.size === 5);
    await rest(timing.pick(4_000, 15_000));
    expect(scene.view.instances.length).toBe(5);
    const calls = await scene.load.stop();
    expect(failedOf(calls).length, told(calls)).toBe(0);

    await scene.providers.kill('things-5');
    stage.detected(await until('a dead one is dropped', 30_000, () => scene.view.instances.length === 4));
    board.to(backend.server.port);
    stage.recovered(
      await until('four are there for sure', 60_000, () =>
        ['things-1', 'things-2', 'things-3', 'things-4'].every((id) => isSure(scene, id)),
      ),
    );
    const left = scene.providers.leave('things-4');
    const goneMs = await until(
      'one that leaves goes at once',
      10_000,
      () => !scene.view.instances.some(({ id, status }) => id === 'things-4' && status === 'up'),
    );
    stage.figure('obeyed a goodbye after', goneMs);
    expect(goneMs).toBeLessThan(scene.registry.propagationMs + 500 * timing.slack);
    expect(await left).toBe(0);
    expect(scene.view.suspects.has('things-4')).toBe(false);
  },
});

/** A service is shut down on purpose. */
export const r42 = faultRow({
  id: 'R42',
  title: 'scale to zero on purpose: no instance within the propagation time, and nobody is kept as a suspect',
  bounds: { detectMs: 2_000 },
  async run(stage) {
    const scene = await ThingsScene.open(stage);
    await scene.load.stop();
    const others = await recordWriter(stage);
    const leaving = [...scene.providers.running.keys()].map((id) => scene.providers.leave(id));
    await until('the registry holds none', 20_000, async () => (await others.ids('things')) === '');
    stage.detected(await until('the caller knows', 20_000, () => scene.view.instances.length === 0));
    expect(scene.view.suspects.size).toBe(0);
    const { error, ms } = await failureOf(() => scene.client.get('/things/1'));
    expect(error).toMatchObject({ code: 'WEFT_NO_INSTANCE' });
    expect(ms, 'it is known that nobody is there').toBeLessThan(100 * timing.slack);
    expect(await Promise.all(leaving)).toEqual([0, 0, 0, 0, 0]);
  },
});

function isSure({ view }: ThingsScene, id: string): boolean {
  return view.error === undefined && !view.suspects.has(id) && view.instances.some((instance) => instance.id === id);
}
