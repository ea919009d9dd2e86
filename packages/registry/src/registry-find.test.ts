import { FakeRegistry, instanceRecord, seededRandom, virtualClock } from '@weft/conformance';
import { type ServiceInstance, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { Registry, type RegistryOptions } from './index.js';

const SEED = 11;
const down = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'connect refused', { failure: 'refused' });
const opened: Registry[] = [];

function open(records: readonly ServiceInstance[] = [], options: RegistryOptions = {}) {
  const clock = virtualClock();
  const driver = new FakeRegistry(clock);
  for (const record of records) driver.records.set(record.id, record);
  const registry = new Registry(driver, { clock, random: seededRandom(SEED), ...options });
  opened.push(registry);
  return { clock, driver, registry };
}

const [a, b, c] = ['a', 'b', 'c'].map((id) => instanceRecord(id)) as [ServiceInstance, ServiceInstance, ServiceInstance];
const idsOf = (instances: readonly ServiceInstance[]) => instances.map(({ id }) => id).sort();

afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
});

describe('getService', () => {
  it('gives the instances that are up in turn', async () => {
    const { registry } = open([a, b, { ...c, status: 'draining' }]);
    const picked: string[] = [];
    for (let round = 0; round < 4; round++) picked.push((await registry.getService('users')).id);
    expect(picked).toEqual(['a', 'b', 'a', 'b']);
    expect((await registry.discoverOne('users')).name).toBe('users');
  });

  it('says whether the service is unknown or just not up', async () => {
    const { registry } = open([
      { ...a, status: 'draining' },
      { ...b, status: 'not-ready' },
    ]);
    await expect(registry.getService('orders')).rejects.toThrow('no instance of "orders" is registered');
    const failed = expect(registry.getService('users')).rejects;
    await failed.toMatchObject({
      code: 'WEFT_NO_INSTANCE',
      message: 'none of the instances of "users" is up: 1 draining, 1 not-ready',
    });
  });

  it('carries the error of the registry as its cause when no list has come (R30)', async () => {
    const { registry, driver, clock } = open([a]);
    driver.failure = down;
    const failed = expect(registry.getService('users')).rejects.toMatchObject({ code: 'WEFT_NO_INSTANCE', cause: down });
    await clock.advance(10_000);
    await failed;
  });

  it('finds what was registered here at once', async () => {
    const { registry } = open();
    await expect(registry.getService('orders')).rejects.toMatchObject({ code: 'WEFT_NO_INSTANCE' });
    const info = await registry.register({ name: 'orders', port: 8080, metadata: { a: 'b' } });
    expect(await registry.getService('orders')).toEqual(info);
    await registry.deregister(info);
    await expect(registry.getService('orders')).rejects.toMatchObject({ code: 'WEFT_NO_INSTANCE' });
  });
});

describe('getInstances', () => {
  it('lists what is up, under all of its names', async () => {
    const { registry } = open([a, b, { ...c, status: 'not-ready' }]);
    for (const find of ['getInstances', 'getServices', 'discover'] as const)
      expect(idsOf(await registry[find]('users'))).toEqual(['a', 'b']);
  });

  it('answers from the held list, counts how often, and can be made to list anew (S206)', async () => {
    const { registry, driver, clock } = open([a, b]);
    await registry.getInstances('users');
    await registry.getInstances('users');
    await registry.getInstances('orders');
    expect(registry.getCacheStats()).toEqual({ services: 2, instances: 2, hits: 1, misses: 2 });
    expect(driver.count('list')).toBe(2);
    registry.clearCache();
    expect(registry.getCacheStats().services).toBe(0);
    await registry.getInstances('users');
    expect(driver.count('list')).toBe(3);
    driver.failure = down;
    driver.breakStreams(down);
    await clock.advance(20_000);
    expect(idsOf(await registry.getInstances('users'))).toEqual(['a', 'b']);
  });

  it('rejects with the error of the registry when no list has ever come, by the timeout', async () => {
    const { registry, driver, clock } = open([], { timeout: '2s' });
    driver.isSilent = true;
    const failed = expect(registry.getInstances('users')).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
    await clock.advance(2_000);
    await failed;
  });
});

describe('listServices', () => {
  it('lists all instances of all services by name and id, without the refused ones', async () => {
    const { registry } = open([b, { ...c, host: '' }, a, instanceRecord('z', { name: 'orders' })]);
    expect((await registry.listServices()).map(({ name, id }) => `${name}/${id}`)).toEqual(['orders/z', 'users/a', 'users/b']);
  });
});
