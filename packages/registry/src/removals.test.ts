import { FakeRegistry, instanceRecord, seededRandom, settle, virtualClock } from '@weft/conformance';
import { afterEach, describe, expect, it } from 'vitest';
import { Registry } from './index.js';

const SEED = 17;
const orders = { name: 'orders', id: 'orders-1', port: 8080 };
const other = instanceRecord('orders-1', { name: 'orders', incarnation: '5' });
const opened: Registry[] = [];

function open(propagationMs = 0) {
  const clock = virtualClock();
  const driver = new FakeRegistry(clock);
  driver.supports = { ...driver.supports, propagationMs };
  const registry = new Registry(driver, { clock, random: seededRandom(SEED) });
  opened.push(registry);
  /** What `orders` has, by id. */
  const found = async () => (await registry.getInstances('orders')).map(({ id }) => id);
  const listed = async () => (await registry.listServices()).map(({ id }) => id);
  return { clock, driver, registry, found, listed };
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
});

describe('what was deregistered', () => {
  it('is not found by a list that was begun before and answers later', async () => {
    const { registry, driver, clock, found } = open();
    const info = await registry.register(orders);
    driver.latencyMs = 500;
    const view = registry.view('orders');
    const seen: unknown[] = [];
    view.onChange(() => void seen.push(view.instances));
    await settle();
    driver.latencyMs = 0;
    await registry.deregister(info);
    await clock.advance(500);
    expect([view.known, seen, await found()]).toEqual([true, [[]], []]);
    await expect(registry.getService('orders')).rejects.toMatchObject({ code: 'WEFT_NO_INSTANCE' });
  });

  it('is not found again in a service that is followed when the backend shows it meanwhile or later', async () => {
    const { registry, driver, clock, found } = open(300);
    const info = await registry.register(orders);
    const seen: string[] = [];
    registry.view('orders').onChange(() => void seen.push('changed'));
    await settle();
    driver.latencyMs = 100;
    const leaving = registry.deregister(info);
    await settle();
    driver.emit({ put: info }, 'orders');
    await clock.advance(200);
    await leaving;
    expect(await found()).toEqual([]);
    driver.latencyMs = 0;
    seen.length = 0;
    driver.emit({ put: info }, 'orders');
    driver.emit({ list: [info] }, 'orders');
    await settle();
    expect(await found()).toEqual([]);
    await clock.advance(120_000);
    driver.emit({ put: info }, 'orders');
    await clock.advance(1);
    expect([await found(), seen]).toEqual([[], []]);
  });

  it('is not found when the backend lists it once more, for no longer than it takes to propagate', async () => {
    const { registry, driver, clock, found, listed } = open(300);
    const info = await registry.register(orders);
    await registry.deregister(info);
    driver.records.set(info.id, info);
    expect([await found(), await listed()]).toEqual([[], []]);
    driver.records.delete(info.id);
    await clock.advance(300);
    expect([await found(), await listed()]).toEqual([[], []]);
  });

  it('is found again when its holder has put it again, as soon as the driver propagates', async () => {
    const { registry, driver, clock, found, listed } = open(300);
    driver.records.set(other.id, other);
    const view = registry.view('orders');
    await settle();
    await registry.deregister('orders-1');
    expect([await found(), await listed()]).toEqual([[], []]);
    await driver.put(other, { ttlMs: 1, signal: new AbortController().signal });
    await clock.advance(300);
    expect([await found(), await listed()]).toEqual([['orders-1'], ['orders-1']]);
    driver.emit({ put: { ...other, weight: 7 } }, 'orders');
    await settle();
    expect(view.instances[0]?.weight).toBe(7);
  });

  it('does not hide a newer incarnation, nor what is registered here again', async () => {
    const { registry, driver, found } = open(300);
    driver.records.set(other.id, other);
    await found();
    await registry.deregister(other);
    driver.emit({ put: { ...other, incarnation: '6' } }, 'orders');
    await settle();
    expect(await found()).toEqual(['orders-1']);
    const info = await registry.register({ ...orders, id: 'orders-2' });
    await registry.deregister(info);
    await registry.register(info);
    expect((await found()).sort()).toEqual(['orders-1', 'orders-2']);
  });

  it('is not found when somebody else had registered it, given by name and id or as it was listed', async () => {
    for (const asGiven of [{ name: 'orders', id: 'orders-1', port: 1 }, other]) {
      const { registry, driver, clock, found } = open();
      driver.records.set(other.id, other);
      await found();
      await registry.deregister(asGiven);
      driver.emit({ put: other }, 'orders');
      await settle();
      expect(await found()).toEqual([]);
      await clock.advance(1_000);
      expect(await found()).toEqual([]);
    }
  });

  it('stays in the list while the backend could not remove it', async () => {
    const { registry, driver, clock, found, listed } = open();
    const info = await registry.register(orders);
    await found();
    driver.remove = () => Promise.reject(new Error('read only'));
    await registry.deregister(info);
    driver.emit({ put: info }, 'orders');
    await settle();
    expect(await found()).toEqual(['orders-1']);
    await clock.advance(70_000);
    expect(await listed()).toEqual(['orders-1']);
  });

  it('leaves no timer behind after close', async () => {
    const { registry, driver, clock, found } = open(60_000);
    const info = await registry.register(orders);
    await found();
    await registry.deregister(info);
    driver.emit({ put: info }, 'orders');
    await settle();
    await registry.close();
    expect(clock.pendingTimers()).toBe(0);
  });
});
