import { instanceRecord, seededRandom } from '@weft/conformance';
import { memoryMetrics, type ServiceInstance } from '@weft/core';
import { Registry } from '@weft/registry';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openMemoryRegistry } from './index.js';

const SEED = 45;
const signal = new AbortController().signal;
const opened: Registry[] = [];

/** A registry for reading and a driver for writing, of one store. */
async function open() {
  const driver = await openMemoryRegistry({ address: 'scenarios' });
  const metrics = memoryMetrics();
  const registry = new Registry(await openMemoryRegistry({ address: 'scenarios' }), { metrics });
  opened.push(registry);
  const put = (instance: ServiceInstance) => driver.put(instance, { ttlMs: 600_000, signal });
  return { driver, registry, metrics, put };
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
});

describe('10,000 instances in one service (R45)', () => {
  it('are listed, changed and picked from with bounds that only a wrong algorithm misses', async () => {
    const { driver, registry, put } = await open();
    const before = process.memoryUsage().rss;
    for (let at = 0; at < 10_000; at++) await put(instanceRecord(`i${at}`, { metadata: { zone: `z${at % 3}` } }));
    const listedAt = performance.now();
    const view = registry.view('users');
    expect(await view.ready(10_000)).toBe(true);
    expect(view.instances).toHaveLength(10_000);
    expect(performance.now() - listedAt).toBeLessThan(2_500);

    const changedAt = performance.now();
    await put(instanceRecord('i77', { weight: 5 }));
    await vi.waitFor(() => expect(view.instances.find(({ id }) => id === 'i77')?.weight).toBe(5), {
      timeout: 10_000,
      interval: 1,
    });
    expect(performance.now() - changedAt).toBeLessThan(250);

    const picked = new Set<string>();
    const pickedAt = performance.now();
    for (let at = 0; at < 10_000; at++) picked.add((await registry.getService('users')).id);
    expect(picked.size).toBe(10_000);
    expect((performance.now() - pickedAt) / 10_000).toBeLessThan(0.25);
    expect(process.memoryUsage().rss - before).toBeLessThan(120 * 1_048_576);
    view.release();
    await driver.close();
  });
});

describe('1,000 services of 10 instances with changes at all times (R46)', () => {
  it('are all shown as they are in the end', async () => {
    const { driver, registry, put } = await open();
    const random = seededRandom(SEED);
    const weights = new Map<string, number>();
    const change = async (service: number, at: number, weight: number) => {
      weights.set(`${service} ${at}`, weight);
      await put(instanceRecord(`i${at}`, { name: `s${service}`, weight }));
    };
    for (let service = 0; service < 1_000; service++) for (let at = 0; at < 10; at++) await change(service, at, 1);
    const views = Array.from({ length: 1_000 }, (_, service) => registry.view(`s${service}`));
    await Promise.all(views.map((view) => view.ready(10_000)));
    for (let count = 0; count < 500; count++) await change(Math.floor(random() * 1_000), Math.floor(random() * 10), 2 + count);
    await vi.waitFor(() => {
      for (const [service, view] of views.entries()) {
        const shown = view.instances.map(({ id, weight }) => `${id} ${weight}`).sort();
        const meant = Array.from({ length: 10 }, (_, at) => `i${at} ${weights.get(`${service} ${at}`)}`);
        expect(shown, `seed ${SEED}, service ${service}`).toEqual(meant);
      }
    }, 10_000);
    await driver.close();
  });
});

describe('poisoned records (R47)', () => {
  const poison: readonly (readonly [id: string, change: string])[] = [
    ['huge', `"metadata": { "a": "${'x'.repeat(1_048_576)}" }`],
    ['proto', '"metadata": { "__proto__": { "polluted": "1" } }'],
    ['proto-text', '"metadata": { "__proto__": "1" }'],
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
    const { driver, registry, metrics, put } = await open();
    const refused: string[] = [];
    registry.on('record.refused', ({ id }) => void refused.push(id));
    await put(instanceRecord('good'));
    const view = registry.view('users');
    await view.ready(5_000);
    for (const [id, change] of poison) {
      const good = JSON.stringify(instanceRecord(id)).slice(0, -1);
      await put(JSON.parse(`${good}, ${change}}`));
    }
    await put(instanceRecord('later'));
    await vi.waitFor(() => expect(view.instances.map(({ id }) => id)).toEqual(['good', 'later']), { timeout: 10_000 });
    registry.clearCache();
    expect((await registry.listServices()).map(({ id }) => id)).toEqual(['good', 'later']);
    expect(refused.sort()).toEqual(poison.map(([id]) => id).sort());
    expect(metrics.read('registry.records.refused', { service: 'users' })).toBe(poison.length);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    await driver.close();
  });
});
