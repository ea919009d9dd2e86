import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instanceRecord } from '@weft/conformance';
import { memoryMetrics } from '@weft/core';
import { Registry, type RegistryOptions } from '@weft/registry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openFileRegistry } from './index.js';

let path = '';
const opened: Registry[] = [];
const folder = () => join(path, 'registry');

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'weft-file-scenarios-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
  rmSync(path, { recursive: true, force: true });
});

async function open(options?: RegistryOptions): Promise<Registry> {
  const registry = new Registry(await openFileRegistry({ path }), options);
  opened.push(registry);
  return registry;
}

/** Five providers, and a view of them by somebody else who tells what happens. */
async function five(options: RegistryOptions = {}) {
  const providers = await open({ ttl: '3s' });
  const infos = await Promise.all([1, 2, 3, 4, 5].map((port) => providers.register({ name: 'users', id: `u${port}`, port })));
  const caller = await open(options);
  const told: string[] = [];
  caller.on('stale', ({ name }) => void told.push(`stale ${name}`));
  caller.on('recovered', ({ name }) => void told.push(`recovered ${name}`));
  const view = caller.view('users');
  await vi.waitFor(() => expect(view.instances).toHaveLength(5), 20_000);
  const fewest = { seen: 5 };
  view.onChange(() => {
    fewest.seen = Math.min(fewest.seen, view.instances.length);
  });
  return { providers, infos, caller, told, view, fewest };
}

describe('the folder of the registry, replaced by a plain file for a while (R29)', () => {
  it('leaves the last list in use, is told as stale, and is followed again', async () => {
    const { caller, told, fewest, view } = await five({ staleAfter: '500ms' });
    renameSync(folder(), `${folder()}.aside`);
    writeFileSync(folder(), 'in the way');
    await vi.waitFor(() => expect(told).toEqual(['stale users']), 20_000);
    for (let call = 0; call < 100; call++) expect((await caller.getService('users')).name).toBe('users');
    expect(view.error?.code).toBe('WEFT_REGISTRY_UNAVAILABLE');
    rmSync(folder());
    renameSync(`${folder()}.aside`, folder());
    await vi.waitFor(() => expect(told).toEqual(['stale users', 'recovered users']), 20_000);
    expect(fewest.seen).toBe(5);
  });

  it('and empty when it is back: at most a single instance is missed until all have registered again (R32)', async () => {
    const { told, fewest, view } = await five({ staleAfter: '500ms' });
    rmSync(folder(), { recursive: true });
    writeFileSync(folder(), 'in the way');
    await vi.waitFor(() => expect(told).toEqual(['stale users']), 20_000);
    rmSync(folder());
    mkdirSync(folder(), { mode: 0o700 });
    await vi.waitFor(() => expect([told.at(-1), view.suspects.size]).toEqual(['recovered users', 0]), 20_000);
    await vi.waitFor(() => expect(readdirSync(join(folder(), 'users'))).toHaveLength(5), 20_000);
    await vi.waitFor(() => expect(view.instances).toHaveLength(5), 20_000);
    expect(fewest.seen).toBeGreaterThanOrEqual(4);
  });
});

describe('a service that is scaled to zero (R42)', () => {
  it('has no instance any more, soon after all have deregistered at once', async () => {
    const { providers, infos, caller, view } = await five();
    await Promise.all(infos.map((info) => providers.deregister(info)));
    await vi.waitFor(() => expect(view.instances).toEqual([]), 20_000);
    expect(view.suspects.size).toBe(0);
    await expect(caller.getService('users')).rejects.toMatchObject({ code: 'WEFT_NO_INSTANCE' });
  });

  it('is listed as gone at once, and found again when one registers under an id that has left', async () => {
    const { providers, infos, view } = await five();
    await Promise.all(infos.map((info) => providers.deregister(info)));
    expect(await providers.listServices()).toEqual([]);
    await providers.register({ name: 'users', id: 'u1', port: 1 });
    await vi.waitFor(() => expect(view.instances.map(({ id, status }) => `${id} ${status}`)).toEqual(['u1 up']), 20_000);
  });
});

describe('poisoned records (R47)', () => {
  const poison: readonly (readonly [id: string, change: string])[] = [
    ['huge', `"metadata": { "a": "${'x'.repeat(1_048_576)}" }`],
    ['large', `"metadata": { "a": "${'x'.repeat(100_000)}" }`],
    ['proto', '"metadata": { "__proto__": { "polluted": "1" } }'],
    ['proto-text', '"metadata": { "__proto__": "1" }'],
    ['proto-record', '"__proto__": { "polluted": "1" }, "host": ""'],
    ['constructor', '"metadata": { "constructor": "1" }'],
    ['port-0', '"endpoints": [{ "protocol": "http", "port": 0 }]'],
    ['port-70000', '"endpoints": [{ "protocol": "http", "port": 70000 }]'],
    ['port-text', '"endpoints": [{ "protocol": "http", "port": "80" }]'],
    ['host', '"host": "a/b@c"'],
    ['nul', '"zone": "a\\u0000b"'],
    ['no-host', '"host": null'],
    ['no-endpoints', '"endpoints": null'],
  ];

  it('are refused one by one, each with one warning, and hurt nobody else', async () => {
    const driver = await openFileRegistry({ path });
    const put = (id: string) => driver.put(instanceRecord(id), { ttlMs: 60_000, signal: new AbortController().signal });
    await put('good');
    const users = join(folder(), 'users');
    const { instance: _, ...holder } = JSON.parse(readFileSync(join(users, 'good.json'), 'utf8'));
    for (const [id, change] of poison) {
      const instance = `${JSON.stringify(instanceRecord(id)).slice(0, -1)}, ${change}}`;
      writeFileSync(join(users, `${id}.json`), `${JSON.stringify(holder).slice(0, -1)}, "instance": ${instance}}`);
    }
    const metrics = memoryMetrics();
    const registry = await open({ metrics });
    const refused: string[] = [];
    registry.on('record.refused', ({ id }) => void refused.push(id));
    const view = registry.view('users');
    await view.ready(5_000);
    await put('later');
    await vi.waitFor(() => expect(view.instances.map(({ id }) => id)).toEqual(['good', 'later']), 20_000);
    expect((await registry.listServices()).map(({ id }) => id)).toEqual(['good', 'later']);
    expect(refused.sort()).toEqual(poison.map(([id]) => id).sort());
    expect(metrics.read('registry.records.refused', { service: 'users' })).toBe(poison.length);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    await driver.close();
  });
});
