import { FakeRegistry, instanceRecord, seededRandom, settle, virtualClock } from '@weft/conformance';
import { memoryMetrics, type ServiceInstance, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { Registry, type RegistryOptions } from './index.js';

const SEED = 11;
const down = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'connect refused', { failure: 'refused' });
const noLeader = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'no leader');
const opened: Registry[] = [];

function open(records: readonly ServiceInstance[] = [], options: RegistryOptions = {}) {
  const clock = virtualClock();
  const driver = new FakeRegistry(clock);
  for (const record of records) driver.records.set(record.id, record);
  const metrics = memoryMetrics();
  const registry = new Registry(driver, { clock, random: seededRandom(SEED), metrics, ...options });
  const told: string[] = [];
  registry.on('stale', ({ name, ageMs }) => void told.push(`stale ${name} ${Math.round(ageMs)}`));
  registry.on('recovered', ({ name }) => void told.push(`recovered ${name}`));
  registry.on('record.refused', ({ id, reason }) => void told.push(`refused ${id}: ${reason}`));
  opened.push(registry);
  return { clock, driver, metrics, registry, told };
}

const [a, b, c] = ['a', 'b', 'c'].map((id) => instanceRecord(id)) as [ServiceInstance, ServiceInstance, ServiceInstance];
const idsOf = (instances: readonly ServiceInstance[]) => instances.map(({ id }) => id).sort();

afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
});

describe('a view', () => {
  it('knows nothing until the first list, then every change', async () => {
    const { registry, driver } = open([a]);
    const view = registry.view('users');
    expect(view.known).toBe(false);
    expect(await view.ready(1_000)).toBe(true);
    expect(idsOf(view.instances)).toEqual(['a']);
    let changes = 0;
    view.onChange(() => void changes++);
    await driver.put(b, { ttlMs: 1, signal: new AbortController().signal });
    await settle();
    expect(idsOf(view.instances)).toEqual(['a', 'b']);
    expect(changes).toBe(1);
  });

  it('is the same array until something changes, whatever the backend repeats', async () => {
    const { registry, driver, clock } = open([a, b]);
    const view = registry.view('users');
    await settle();
    const before = view.instances;
    driver.emit({ put: structuredClone(a) }, 'users');
    driver.emit({ list: [structuredClone(b), structuredClone(a)] }, 'users');
    await clock.advance(120_000);
    expect(view.instances).toBe(before);
    driver.emit({ put: { ...a, weight: 2 } }, 'users');
    await settle();
    expect(view.instances).not.toBe(before);
    expect(view.instances.find(({ id }) => id === 'b')).toBe(before.find(({ id }) => id === 'b'));
  });

  it('applies an empty list: the last instance leaving is the most important event', async () => {
    const { registry, driver } = open([a]);
    const view = registry.view('users');
    await settle();
    driver.emit({ list: [] }, 'users');
    await settle();
    expect(view.instances).toEqual([]);
  });

  it('keeps the last good list without a time limit while the backend is gone, and tells so once (R29)', async () => {
    const { registry, driver, clock, told, metrics } = open([a, b]);
    const view = registry.view('users');
    await settle();
    driver.failure = down;
    driver.breakStreams(down);
    await clock.advance(9_900);
    expect(told).toEqual([]);
    await clock.advance(3_600_000);
    expect(idsOf(view.instances)).toEqual(['a', 'b']);
    expect(told).toEqual(['stale users 10000']);
    expect(view.error).toBe(down);
    expect(view.ageMs()).toBeGreaterThan(3_600_000);
    const gauges = () => ['age', 'stale'].map((name) => metrics.read(`registry.${name}`, { service: 'users' }));
    expect(gauges()).toEqual([expect.toSatisfy((age) => age > 3_000), 1]);
    driver.failure = undefined;
    driver.records.delete('a');
    await clock.advance(2_000);
    expect(told).toEqual(['stale users 10000', 'recovered users']);
    expect(idsOf(view.instances)).toEqual(['b']);
    expect([view.error, view.ageMs(), ...gauges()]).toEqual([undefined, 0, 0, 0]);
    driver.failure = down;
    driver.breakStreams(down);
    await clock.advance(60_000);
    expect(gauges()).toEqual([expect.toSatisfy((age) => age > 50), 1]);
    view.release();
    await clock.advance(31_000);
    expect(gauges()).toEqual([0, 0]);
  });

  it('asks a backend that answers with errors at most 15 times in 30 s (R36)', async () => {
    const { registry, driver, clock } = open([a]);
    registry.view('users');
    await settle();
    driver.failure = noLeader;
    driver.breakStreams(noLeader);
    driver.calls.length = 0;
    await clock.advance(30_000);
    expect(driver.calls.length, `seed ${SEED}`).toBeLessThanOrEqual(15);
  });

  it('lists in full each minute, so that a change the stream has swallowed is made good', async () => {
    const { registry, driver, clock } = open([a]);
    const view = registry.view('users');
    await settle();
    driver.records.set('b', b);
    await clock.advance(67_000);
    expect(idsOf(view.instances)).toEqual(['a', 'b']);
  });

  it('does not let a full list undo what happened while it was under way', async () => {
    const { registry, driver, clock } = open([a, b]);
    const view = registry.view('users');
    await settle();
    driver.latencyMs = 1_000;
    registry.clearCache();
    await settle();
    driver.records.delete('a');
    driver.emit({ removed: { name: 'users', id: 'a' } }, 'users');
    driver.emit({ put: c }, 'users');
    await clock.advance(1_000);
    expect(idsOf(view.instances)).toEqual(['b', 'c']);
  });

  it('takes a long list over in one step, lets others run while it is checked, and what happens meanwhile wins', async () => {
    const { registry, driver } = open();
    const view = registry.view('users');
    await settle();
    const list = Array.from({ length: 5_000 }, (_, index) => instanceRecord(`i${index}`));
    const own = await registry.register({ name: 'users', id: 'i4999', port: 1, version: '2.0.0' });
    await settle();
    const lengths = new Set<number>();
    view.onChange(() => lengths.add(view.instances.length));
    driver.emit({ list: [...list.slice(0, 4_999), instanceRecord('i4999', { incarnation: own.incarnation })] }, 'users');
    await new Promise(setImmediate);
    expect(view.instances).toHaveLength(1);
    await registry.update({ name: 'users', id: 'i4999', port: 1, version: '3.0.0' });
    while (view.instances.length < 5_000) await new Promise(setImmediate);
    expect([...lengths]).toEqual([1, 5_000]);
    expect(view.instances.find(({ id }) => id === 'i4999')?.version).toBe('3.0.0');
  });

  it('follows again when the stream ends, or falls silent for longer than its full list may take', async () => {
    const { registry, driver, clock } = open([a], { timeout: '5s' });
    const view = registry.view('users');
    await settle();
    driver.breakStreams();
    await clock.advance(2_000);
    expect(driver.openStreams()).toBe(1);
    driver.isSilent = true;
    await clock.advance(75_000);
    expect(view.error?.code).toBe('WEFT_REGISTRY_UNAVAILABLE');
    driver.isSilent = false;
    driver.records.set('b', b);
    await clock.advance(10_000);
    expect(idsOf(view.instances)).toEqual(['a', 'b']);
  });

  it('holds the greater incarnation of one id, in lists and in changes', async () => {
    const { registry, driver } = open();
    const view = registry.view('users');
    await settle();
    const [older, newer] = [
      { ...a, incarnation: '1', host: 'old' },
      { ...a, incarnation: '2', host: 'new' },
    ];
    for (const list of [
      [older, newer],
      [newer, older],
    ]) {
      driver.emit({ list }, 'users');
      await settle();
      expect(view.instances.map(({ host }) => host)).toEqual(['new']);
    }
    driver.emit({ put: older }, 'users');
    driver.emit({ removed: older }, 'users');
    await settle();
    expect(view.instances.map(({ host }) => host)).toEqual(['new']);
    driver.emit({ removed: { name: 'users', id: 'a' } }, 'users');
    await settle();
    expect(view.instances).toEqual([]);
  });

  it('refuses a poisoned record, tells of it once, and keeps the others and its last good state (R47)', async () => {
    const { registry, driver, told, metrics } = open([a, b]);
    const view = registry.view('users');
    await settle();
    const poisoned = { ...a, host: 'a/b@c' };
    const foreign = { ...c, name: 'orders' };
    driver.emit({ put: poisoned }, 'users');
    driver.emit({ list: [poisoned, foreign, b] }, 'users');
    driver.emit({ list: [poisoned, foreign, b] }, 'users');
    await settle();
    expect(view.instances.map(({ id, host }) => `${id} ${host}`).sort()).toEqual(['a 127.0.0.1', 'b 127.0.0.1']);
    expect(told).toEqual([
      'refused a: host: "a/b@c" is not a plain host name or IP address',
      'refused c: name: "orders" is not "users"',
    ]);
    expect(metrics.read('registry.records.refused', { service: 'users' })).toBe(2);
  });

  it('shares one upstream with every other view and watch of the service, and keeps it 30 s after the last', async () => {
    const { registry, driver, clock } = open([a]);
    const views = [registry.view('users'), registry.view('users')];
    const watch = registry.watch('users')[Symbol.asyncIterator]();
    await watch.next();
    await settle();
    expect(driver.openStreams()).toBe(1);
    for (const view of views) view.release();
    views[0]?.release();
    await clock.advance(100_000);
    expect(driver.openStreams()).toBe(1);
    await watch.return?.();
    await clock.advance(29_000);
    expect(driver.openStreams()).toBe(1);
    await clock.advance(2_000);
    expect(driver.openStreams()).toBe(0);
  });

  it('is not ready when nothing arrives in time, and ready within 2 s of the return of the backend (R30)', async () => {
    const { registry, driver, clock } = open([a]);
    driver.failure = down;
    const view = registry.view('users');
    const first = view.ready(2_000);
    await clock.advance(2_000);
    expect(await first).toBe(false);
    await clock.advance(60_000);
    const second = view.ready(2_000);
    driver.failure = undefined;
    await clock.advance(2_000);
    expect(await second).toBe(true);
  });

  it('keeps going when a listener throws', async () => {
    const { registry, driver } = open([a]);
    const view = registry.view('users');
    let calls = 0;
    view.onChange(() => {
      throw new Error('listener');
    });
    view.onChange(() => void calls++);
    await settle();
    driver.emit({ put: b }, 'users');
    await settle();
    expect(calls).toBe(2);
    expect(idsOf(view.instances)).toEqual(['a', 'b']);
  });

  it('keeps its last list after close', async () => {
    const { registry } = open([a]);
    const view = registry.view('users');
    await settle();
    await registry.close();
    expect(idsOf(view.instances)).toEqual(['a']);
    expect(view.error?.code).toBe('WEFT_CLOSED');
  });
});
