import { setTimeout as rest } from 'node:timers/promises';
import type { ConfigClient } from '@weft/config';
import { memoryMetrics, type StandardSchemaV1 } from '@weft/core';
import { expect } from 'vitest';
import { type FaultStage, faultRow } from './fault-row.js';
import { timing } from './timing.js';
import { until } from './until.js';

interface Limits {
  readonly most: number;
}

const KEY = 'config/limits.json';
const DEFAULT: Limits = { most: 7 };
/** Longest wait between two tries while a server cannot be reached, and time to list. */
const RECONNECT_MS = 2_500;

/** `{ most }`, a number from 1 to 100. */
const limits: StandardSchemaV1<unknown, Limits> = {
  '~standard': {
    version: 1,
    vendor: 'weft-faults',
    validate(value) {
      const most = typeof value === 'object' && value !== null ? Reflect.get(value, 'most') : undefined;
      if (typeof most !== 'number') return { issues: [{ message: 'expected a number', path: ['most'] }] };
      if (most < 1 || most > 100) return { issues: [{ message: 'expected 1 to 100', path: ['most'] }] };
      return { value: { most } };
    },
  },
};

/** Somebody writes nonsense into the config center, with its own tool. */
export const r68 = faultRow({
  id: 'R68',
  title: 'bad config values: the last good one stays, each is told and counted once, the next good one applies',
  bounds: { detectMs: 2_000, recoverMs: 2_000 },
  async run(stage) {
    const { backend } = stage;
    const metrics = memoryMetrics();
    const config = await backend.openConfig({ metrics });
    const reasons: string[] = [];
    config.on('rejected', ({ key, reason }) => reasons.push(`${key}: ${reason}`));
    await backend.rawSetConfig(KEY, '{"most":1}');
    const seen = follow(stage, config);
    await until('the first value', 10_000, () => seen.at(-1)?.most === 1);
    const bad = ['{"most":', '{"most":"many"}', '{"most":1000}'];
    for (const [n, text] of bad.entries()) {
      await backend.rawSetConfig(KEY, text);
      stage.detected(
        await until(
          `${text} is told`,
          15_000,
          () => reasons.length === n + 1,
          () => reasons.join('; '),
        ),
      );
      expect(await config.get('limits', limits), 'the last good one').toEqual({ most: 1 });
    }
    expect(
      reasons.every((reason) => reason.startsWith('limits: config/limits.json')),
      reasons.join('; '),
    ).toBe(true);
    expect(metrics.read('config.rejected', { key: 'limits' })).toBe(bad.length);
    await backend.rawSetConfig(KEY, '{"most":2}');
    stage.recovered(await until('a good value applies', 15_000, () => seen.at(-1)?.most === 2));
    expect(seen).toEqual([{ most: 1 }, { most: 2 }]);
    expect(reasons.length).toBe(bad.length);
  },
});

/** The config center is away when a process starts, and later again. */
export const r69 = faultRow({
  id: 'R69',
  title: 'config center down: at the start the declared default is used and told, later the last good value stays',
  bounds: { detectMs: timing.staleAfterMs + timing.timeoutMs, recoverMs: RECONNECT_MS },
  async run(stage) {
    const { backend } = stage;
    await backend.rawSetConfig(KEY, '{"most":1}');
    await backend.server.kill();
    const config = await backend.openConfig();
    const told: string[] = [];
    config.on('stale', () => told.push('stale'));
    config.on('recovered', () => told.push('recovered'));
    const startedAt = performance.now();
    expect(await config.get('limits', limits, { default: DEFAULT })).toEqual(DEFAULT);
    expect(performance.now() - startedAt).toBeLessThan(timing.timeoutMs * timing.slack);
    const seen = follow(stage, config);
    await until('the default is what a watch begins with', 15_000, () => seen.at(-1)?.most === DEFAULT.most);
    await until('it is told', 30_000, () => told.join() === 'stale');
    stage.detected(performance.now() - startedAt);
    await backend.server.start();
    stage.recovered(await until('the real value comes', 30_000, () => seen.at(-1)?.most === 1));
    await until('that is told, too', 10_000, () => told.join() === 'stale,recovered');

    await backend.server.kill();
    await rest(timing.outageMs);
    expect(await config.get('limits', limits), 'the last good one').toEqual({ most: 1 });
    await until('it is told again', 30_000, () => told.join() === 'stale,recovered,stale');
    await backend.server.start();
    await backend.rawSetConfig(KEY, '{"most":2}');
    stage.recovered(await until('what was changed then comes', 30_000, () => seen.at(-1)?.most === 2));
    expect(seen).toEqual([DEFAULT, { most: 1 }, { most: 2 }]);
  },
});

/** A value is removed with the server's own tool. */
export const r70 = faultRow({
  id: 'R70',
  title: 'a config key is deleted: that is told once, and the declared default is in force',
  bounds: { detectMs: 2_000 },
  async run(stage) {
    const { backend } = stage;
    await backend.rawSetConfig(KEY, '{"most":1}');
    const config = await backend.openConfig();
    const deleted: string[] = [];
    config.on('deleted', ({ key }) => deleted.push(key));
    const seen = follow(stage, config);
    await until('the first value', 10_000, () => seen.at(-1)?.most === 1);
    await backend.rawRemoveConfig(KEY);
    stage.detected(await until('the default is in force', 15_000, () => seen.at(-1)?.most === DEFAULT.most));
    expect(seen).toEqual([{ most: 1 }, DEFAULT]);
    expect(deleted).toEqual(['limits']);
    expect(await config.get('limits', limits, { default: DEFAULT })).toEqual(DEFAULT);
  },
});

/** A value changes very often, and its readers are slow or faulty. */
export const r71 = faultRow({
  id: 'R71',
  title: '1,000 config changes in a row: the last one always arrives, no reader is entered twice, a throwing one hurts nobody',
  bounds: { recoverMs: 2_000 },
  async run(stage) {
    const { backend } = stage;
    const writer = await backend.openConfigDriver();
    const set = (most: number) => writer.set(KEY, JSON.stringify({ most }), { signal: AbortSignal.timeout(timing.timeoutMs) });
    await set(1);
    const config = await backend.openConfig();
    const thrower = follow(stage, config, () => {
      throw new Error('a reader threw');
    });
    const refused: string[] = [];
    config.on('rejected', () => {
      throw new Error('a listener threw');
    });
    config.on('rejected', ({ key }) => refused.push(key));
    let inside = 0;
    let most = 0;
    const slow = follow(stage, config, async () => {
      most = Math.max(most, ++inside);
      await rest(20);
      inside--;
    });
    const quick = follow(stage, config);
    await until('all have begun', 10_000, () => slow.length === 1 && quick.length === 1 && thrower.length === 1);
    const startedAt = performance.now();
    for (let n = 0; n < 1_000; n += 20) await Promise.all(Array.from({ length: 20 }, (_, k) => set(2 + ((n + k) % 90))));
    stage.figure('1,000 changes took ms', performance.now() - startedAt);
    await set(1_000);
    await set(99);
    const hasLast = (seen: readonly Limits[]) => seen.at(-1)?.most === 99;
    stage.recovered(await until('the last one is seen by both', 30_000, () => hasLast(slow) && hasLast(quick)));
    await rest(300);
    expect(hasLast(slow) && hasLast(quick)).toBe(true);
    expect(most, 'inside the slow reader at a time').toBe(1);
    expect(thrower.length).toBe(1);
    expect(quick.length).toBeGreaterThan(1);
    expect(refused.every((key) => key === 'limits')).toBe(true);
    stage.figure('seen by a quick reader', quick.length);
    stage.figure('seen by a slow reader', slow.length);
  },
});

/** The values that a watch of its own has given, oldest first; it ends with the row, or when `use` throws. */
function follow(stage: FaultStage, config: ConfigClient, use: (value: Limits) => unknown = () => {}): readonly Limits[] {
  const seen: Limits[] = [];
  const end = new AbortController();
  stage.atEnd(() => end.abort());
  const run = async () => {
    for await (const value of config.watch('limits', { schema: limits, default: DEFAULT, signal: end.signal })) {
      seen.push(value);
      await use(value);
    }
  };
  run().catch(() => {});
  return seen;
}
