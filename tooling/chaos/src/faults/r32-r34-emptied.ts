import { setTimeout as rest } from 'node:timers/promises';
import { epochMs } from '@weft/core';
import { expect } from 'vitest';
import { faultRow } from './fault-row.js';
import { recordWriter } from './record-writer.js';
import { ServiceDiary } from './service-diary.js';
import { ThingsScene } from './things-scene.js';
import { timing } from './timing.js';
import { until } from './until.js';

const BEAT_AND_MS = timing.beatMs + 2_000;

/** The registry loses everything that it knew. */
export const r32 = faultRow({
  id: 'R32',
  title: 'the registry is restarted empty: all providers are back by themselves within a beat + 2 s, 0 failed calls',
  bounds: { recoverMs: BEAT_AND_MS },
  async run(stage) {
    const { backend } = stage;
    const scene = await ThingsScene.open(stage);
    const others = await recordWriter(stage);
    const all = 'things-1,things-2,things-3,things-4,things-5';
    expect(await others.ids('things')).toBe(all);
    await backend.restartEmpty();
    stage.recovered(await until('all five are in the list', 60_000, async () => (await others.ids('things')) === all));
    await until('the caller has confirmed all five', 10_000, () => scene.isWhole());
    await scene.noneFailed(stage);
  },
});

/** What happens after a restart is seen, although the revisions of the server begin anew. */
export const r33 = faultRow({
  id: 'R33',
  title: 'watch continuity after a restart without data: each of 3 records written by others is told',
  bounds: { recoverMs: 4_000 },
  async run(stage) {
    const { backend } = stage;
    const others = await recordWriter(stage);
    const put = (id: string) => others.put(id, 'things').then(() => true);
    for (let n = 1; n <= 20; n++) await put(`before-${n}`);
    const registry = await backend.openRegistry({ selfPreservation: false });
    const diary = new ServiceDiary(stage, registry, 'things');
    await until('the records before are seen', 10_000, () => diary.ids.length === 20);
    await backend.restartEmpty();
    const startedAt = performance.now();
    for (let n = 1; n <= 3; n++) await until(`record ${n} is written`, 10_000, () => put(`after-${n}`));
    await until('three new ones are seen', 60_000, () => diary.ids.join() === 'after-1,after-2,after-3');
    stage.recovered(performance.now() - startedAt);
    expect(diary.told.filter((line) => line.includes('after')).sort()).toEqual([
      'added after-1',
      'added after-2',
      'added after-3',
    ]);
  },
});

/** Who could not beat for longer than its TTL comes back, once. */
export const r34 = faultRow({
  id: 'R34',
  title:
    'a lease is lost by a pause longer than the TTL, of the provider or of the registry: one entry again within a beat + 2 s',
  bounds: { recoverMs: BEAT_AND_MS },
  async run(stage) {
    const { backend } = stage;
    const scene = await ThingsScene.open(stage, { count: 2 });
    await scene.load.stop();
    const others = await recordWriter(stage);
    const ids = () => others.ids('things');
    const paused = scene.providers.get('things-1');

    await scene.providers.freeze('things-1');
    await until('its lease has run out', timing.ttlMs * 4, async () => (await ids()) === 'things-2');
    await rest(1_000);
    paused.process.kill('SIGCONT');
    stage.recovered(await until('it is back', 60_000, async () => (await ids()) === 'things-1,things-2'));
    await until('it has told so', 5_000, async () => (await scene.providers.registrationOf(paused)).told.length === 2);
    expect((await scene.providers.registrationOf(paused)).told.map(({ event }) => event)).toEqual(['lost', 'restored']);

    await backend.server.pause();
    await rest(timing.ttlMs + timing.timeoutMs + 1_000);
    backend.server.resume();
    const resumedAt = epochMs();
    await until('both are there', 60_000, async () => (await ids()) === 'things-1,things-2');
    for (const provider of scene.providers.running.values()) {
      const back = async () => (await scene.providers.registrationOf(provider)).told.at(-1);
      await until(`${provider.id} is restored`, 60_000, async () => (await back())?.event === 'restored');
      stage.recovered(((await back())?.at ?? Number.POSITIVE_INFINITY) - resumedAt);
    }
    expect(await ids(), 'exactly one entry each').toBe('things-1,things-2');
    await until('the caller sees both', 10_000, () => scene.isWhole(2));
  },
});
