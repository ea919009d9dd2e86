import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigClient, type ConfigOptions } from '@weft/config';
import { memoryMetrics } from '@weft/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { openFileConfig } from './index.js';

const server = z.object({ port: z.number().int().min(1).max(65_535) });
const fallback = { port: 1 };
const opened: ConfigClient[] = [];
let base = '';
let path = '';

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'weft-config-scenarios-'));
  path = join(base, 'center');
  mkdirSync(join(path, 'config'), { recursive: true });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((config) => config.close()));
  rmSync(base, { recursive: true, force: true });
});

function open(options: ConfigOptions = {}) {
  const metrics = memoryMetrics();
  const config = new ConfigClient(openFileConfig({ path }), { metrics, staleAfter: '200ms', ...options });
  opened.push(config);
  const told: string[] = [];
  config.on('rejected', ({ key, reason }) => void told.push(`rejected ${key}: ${reason}`));
  config.on('deleted', ({ key }) => void told.push(`deleted ${key}`));
  config.on('stale', () => void told.push('stale'));
  config.on('recovered', () => void told.push('recovered'));
  return { config, metrics, told };
}

/** Every value of a watch, as it comes. */
function collect<T>(watch: AsyncIterable<T>): T[] {
  const values: T[] = [];
  void (async () => {
    for await (const value of watch) values.push(value);
  })();
  return values;
}

/** Writes as an editor does that saves in one step. */
function write(key: string, text: string): void {
  const file = join(path, 'config', key);
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });

describe('a value that is bad (R68)', () => {
  it('is refused as a whole with one event and one count; the next good one applies', async () => {
    const { config, metrics, told } = open();
    write('server.json', '{ "port": 80 }');
    const values = collect(config.watch('server', { schema: server }));
    await soon(() => expect(values).toEqual([{ port: 80 }]));
    const bad = ['{ "port": 81', '{ "port": "81" }', '{ "port": 70000 }', '[]'];
    for (const [at, text] of bad.entries()) {
      write('server.json', text);
      await soon(() => expect(told).toHaveLength(at + 1));
      expect(await config.get('server', server)).toEqual({ port: 80 });
    }
    expect(told.every((event) => event.startsWith('rejected server: config/server.json'))).toBe(true);
    expect(metrics.read('config.rejected', { key: 'server' })).toBe(bad.length);
    write('server.json', '{ "port": 82 }');
    await soon(() => expect(values).toEqual([{ port: 80 }, { port: 82 }]));
    expect(told).toHaveLength(bad.length);
  });
});

describe('a config center that is away (R69)', () => {
  it('at the start: the declared defaults are in force, told as stale, until it is there', async () => {
    renameSync(path, `${path}.aside`);
    writeFileSync(path, 'in the way');
    const { config, told } = open();
    await expect(config.get('server', server)).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
    expect(await config.get('server', server, { default: fallback })).toBe(fallback);
    const values = collect(config.watch('server', { schema: server, default: fallback }));
    await soon(() => expect([values, told]).toEqual([[fallback], ['stale']]));
    rmSync(path);
    renameSync(`${path}.aside`, path);
    write('server.json', '{ "port": 80 }');
    await soon(() => expect(values).toEqual([fallback, { port: 80 }]));
    expect(told).toEqual(['stale', 'recovered']);
  });

  it('later: the last good values are in force, and what changed meanwhile is when it is back', async () => {
    const { config, told } = open();
    write('server.json', '{ "port": 80 }');
    const values = collect(config.watch('server', { schema: server, default: fallback }));
    await soon(() => expect(values).toEqual([{ port: 80 }]));
    renameSync(path, `${path}.aside`);
    writeFileSync(path, 'in the way');
    await soon(() => expect(told).toEqual(['stale']));
    expect(await config.get('server', server)).toEqual({ port: 80 });
    expect(await config.snapshot()).toEqual({ server: { port: 80 } });
    rmSync(path);
    renameSync(`${path}.aside`, path);
    write('server.json', '{ "port": 81 }');
    await soon(() => expect(values).toEqual([{ port: 80 }, { port: 81 }]));
    expect(told).toEqual(['stale', 'recovered']);
  });
});

describe('a key that is deleted (R70)', () => {
  it('is told, and its readers fall to the declared default', async () => {
    const { config, told } = open();
    write('server.json', '{ "port": 80 }');
    const values = collect(config.watch('server', { schema: server, default: fallback }));
    await soon(() => expect(values).toEqual([{ port: 80 }]));
    rmSync(join(path, 'config', 'server.json'));
    await soon(() => expect(values).toEqual([{ port: 80 }, fallback]));
    expect(await config.get('server', server, { default: fallback })).toBe(fallback);
    expect(told).toEqual(['deleted server']);
  });
});

describe('1,000 changes in a row (R71)', () => {
  it('end with the last value, one at a time, whatever listeners throw', async () => {
    const { config, told } = open();
    config.prependListener('rejected', () => {
      throw new Error('a bad listener');
    });
    const seen: number[] = [];
    let inLoop = 0;
    void (async () => {
      for await (const { port } of config.watch('server', { schema: server, default: fallback })) {
        expect(++inLoop).toBe(1);
        seen.push(port);
        await new Promise((resolve) => setImmediate(resolve));
        inLoop--;
      }
    })();
    await soon(() => expect(seen).toEqual([1]));
    for (let count = 1; count <= 1_000; count++) {
      write('server.json', `{ "port": ${count === 999 ? '"none"' : count + 1} }`);
      if (count % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await soon(() => expect(seen.at(-1)).toBe(1_001));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    write('server.json', '{}');
    await soon(() => expect(told.at(-1)).toContain('rejected server'));
  });
});
