import { setTimeout as rest } from 'node:timers/promises';
import { memoryMetrics, type RegistryDriver } from '@weft/core';
import { Registry } from '@weft/registry';
import { expect } from 'vitest';
import { faultRow } from './fault-row.js';
import { recordWriter } from './record-writer.js';
import { ServiceDiary } from './service-diary.js';
import { timing } from './timing.js';
import { until } from './until.js';

/** Added to each direction. */
const LATENCY_MS = timing.pick(1_000, 3_000) / 2;
const TIMEOUT_MS = timing.pick(5_000, 10_000);

/** The way to the registry is slow. */
export const r44 = faultRow({
  id: 'R44',
  title: 'registry latency of 3 s per operation: beats do not overlap, and no lease runs out',
  bounds: { detectMs: 20_000, recoverMs: 4_000 },
  backend: { proxy: true },
  timeoutMs: timing.pick(60_000, 240_000),
  async run(stage) {
    const { backend } = stage;
    const near = await backend.openRegistry({ driver: { address: backend.server.address }, selfPreservation: false });
    const diary = new ServiceDiary(stage, near, 'things');
    const far = new Beats(await backend.openRegistryDriver());
    const metrics = memoryMetrics();
    const { ttlMs: ttl, staleAfterMs: staleAfter } = timing;
    const registry = new Registry(far.driver, { ttl, timeout: TIMEOUT_MS, staleAfter, metrics });
    stage.atEnd(() => registry.close());
    const lost: string[] = [];
    registry.on('registration.lost', ({ id }) => lost.push(id));
    await registry.register({ name: 'things', id: 'a', port: 1 });
    const farDiary = new ServiceDiary(stage, registry, 'things');
    await until('it is seen on both sides', 10_000, () => diary.ids.length === 1 && farDiary.ids.length === 1);

    backend.proxy.delay(LATENCY_MS);
    const before = far.count;
    await rest(timing.ttlMs * 3);
    const beats = far.count - before;
    stage.figure('beats', beats);
    stage.figure('slowest beat ms', far.slowestMs);
    stage.figure('watches that failed', metrics.read('registry.watch.failures', { service: 'things' }));
    expect(far.slowestMs).toBeGreaterThanOrEqual(LATENCY_MS * 2 - 50);
    expect(far.most, 'beats at a time').toBe(1);
    expect(beats).toBeGreaterThanOrEqual(4);
    expect(lost).toEqual([]);
    expect(diary.told.filter((line) => line.startsWith('removed'))).toEqual([]);
    const others = await recordWriter(stage);
    const writtenAt = performance.now();
    await others.put('b', 'things');
    await until('a change gets through', 40_000, () => farDiary.ids.join() === 'a,b');
    stage.detected(performance.now() - writtenAt);
    backend.proxy.heal();
    await others.put('c', 'things');
    stage.recovered(await until('changes are quick again', 40_000, () => farDiary.ids.join() === 'a,b,c'));
  },
});

/** Counts the beats on a driver, and how many there are at a time. */
class Beats {
  count = 0;
  most = 0;
  slowestMs = 0;
  readonly driver: RegistryDriver;
  private now = 0;

  constructor(inner: RegistryDriver) {
    this.driver = {
      supports: inner.supports,
      put: async (self, options) => {
        const startedAt = performance.now();
        this.count++;
        this.most = Math.max(this.most, ++this.now);
        try {
          return await inner.put(self, options);
        } finally {
          this.now--;
          this.slowestMs = Math.max(this.slowestMs, performance.now() - startedAt);
        }
      },
      remove: (self, options) => inner.remove(self, options),
      list: (name, options) => inner.list(name, options),
      watch: (name, options) => inner.watch(name, options),
      close: () => inner.close(),
    };
  }
}
