import { setTimeout as rest } from 'node:timers/promises';
import { expect } from 'vitest';
import { faultRow } from './fault-row.js';
import { ThingsScene } from './things-scene.js';
import { until } from './until.js';

/** Every provider is replaced, one after the other, while their handlers take 200 ms. */
export const r20 = faultRow({
  id: 'R20',
  title: 'a rolling deploy of 5 with 200 ms handlers under load loses no GET and no POST',
  bounds: {},
  async run(stage) {
    const scene = await ThingsScene.open(stage, { env: { DELAY_MS: '200' } });
    for (let n = 1; n <= 5; n++) {
      expect(await scene.providers.leave(`things-${n}`)).toBe(0);
      await scene.providers.add(`things-new-${n}`);
    }
    await rest(2_000);
    const sinceMs = scene.load.nowMs();
    const news = [1, 2, 3, 4, 5].map((n) => `things-new-${n}`).join();
    // One that was too slow for a moment, as happens on a busy machine, is back after 30 s and a probe.
    await until(
      'the five new ones are called, and nobody else',
      40_000,
      () => [...scene.answeredSince(sinceMs)].sort().join() === news,
    );
    await scene.noneFailed(stage);
  },
});
