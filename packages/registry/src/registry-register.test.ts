import { FakeRegistry, instanceRecord, seededRandom, settle, virtualClock } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { Registry, type RegistryOptions } from './index.js';

const SEED = 7;
const down = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'connect refused', { failure: 'refused' });
const opened: { registry: Registry; advance: (ms: number) => Promise<void> }[] = [];

function open(options: RegistryOptions = {}) {
  const clock = virtualClock();
  const driver = new FakeRegistry(clock);
  const registry = new Registry(driver, { clock, random: seededRandom(SEED), ...options });
  const told: string[] = [];
  for (const event of ['registration.lost', 'registration.restored', 'registration.conflict'] as const) {
    registry.on(event, ({ id }) => void told.push(`${event} ${id}`));
  }
  opened.push({ registry, advance: (ms) => clock.advance(ms) });
  const putTimes = () => driver.calls.filter(({ operation }) => operation === 'put').map(({ at }) => at);
  return { clock, driver, registry, told, putTimes };
}

const orders = { name: 'orders', id: 'orders-1', port: 8080 };

afterEach(async () => {
  for (const { registry, advance } of opened.splice(0)) {
    const closed = registry.close();
    await advance(5_000);
    await closed;
  }
});

describe('a registry that registers', () => {
  it('resolves when the backend has taken the record', async () => {
    const { registry, driver } = open();
    const info = await registry.register(orders);
    expect(driver.records.get('orders-1')).toEqual(info);
  });

  it('beats each third of the TTL, within 10 %', async () => {
    const { registry, clock, putTimes } = open({ ttl: '30s' });
    await registry.register(orders);
    await clock.advance(600_000);
    const gaps = putTimes()
      .map((at, index, all) => at - (all[index - 1] ?? at))
      .slice(1);
    expect(gaps.length).toBeGreaterThan(50);
    for (const gap of gaps) expect(gap, `seed ${SEED}`).toSatisfy((ms: number) => ms >= 9_000 && ms <= 11_000);
    expect(new Set(gaps.map(Math.round)).size, `seed ${SEED}`).toBeGreaterThan(20);
  });

  it('takes the TTL that is in effect for its beats', async () => {
    const { registry, clock, driver, putTimes } = open({ ttl: '3s' });
    const put = driver.put.bind(driver);
    driver.put = async (...of) => ({ ...(await put(...of)), ttlMs: 60_000 });
    await registry.register(orders);
    await clock.advance(17_000);
    expect(putTimes()).toHaveLength(1);
  });

  it('never has two beats under way, and does not slow down when the backend is slow (R44)', async () => {
    const { registry, clock, driver, putTimes, told } = open({ ttl: '15s' });
    driver.latencyMs = 3_000;
    registry.announce(orders);
    await clock.advance(60_000);
    const gaps = putTimes()
      .map((at, index, all) => at - (all[index - 1] ?? at))
      .slice(1);
    for (const gap of gaps) expect(gap, `seed ${SEED}`).toSatisfy((ms: number) => ms >= 4_500 && ms <= 5_500);
    expect(told).toEqual([]);
  });

  it('brings its record back within a beat after the backend was emptied (R32)', async () => {
    const { registry, clock, driver } = open({ ttl: '15s' });
    await registry.register(orders);
    driver.records.clear();
    await clock.advance(5_500);
    expect(driver.records.has('orders-1')).toBe(true);
  });

  it('rejects with what the backend said, and forgets the wish, when it could not register in time', async () => {
    const { registry, clock, driver } = open({ timeout: '3s' });
    driver.failure = down;
    const refused = expect(registry.register(orders)).rejects.toMatchObject({
      code: 'WEFT_REGISTRY_UNAVAILABLE',
      failure: 'refused',
    });
    await clock.advance(3_000);
    await refused;
    driver.failure = undefined;
    await clock.advance(60_000);
    expect(driver.records.size).toBe(0);
  });

  it('gets over a failure that ends within the timeout', async () => {
    const { registry, clock, driver } = open();
    driver.failure = down;
    const registered = registry.register(orders);
    await clock.advance(1_500);
    driver.failure = undefined;
    await clock.advance(3_000);
    await expect(registered).resolves.toMatchObject({ id: 'orders-1' });
  });

  it('gives up a put that never answers, and ends by the timeout (R35)', async () => {
    const { registry, clock, driver } = open({ timeout: '2s' });
    driver.isSilent = true;
    const refused = expect(registry.register(orders)).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
    await clock.advance(2_000);
    await refused;
  });

  it('refuses a TTL below the smallest of the driver and names it', () => {
    const driver = new FakeRegistry(virtualClock());
    driver.supports = { ...driver.supports, minTtlMs: 2_000 };
    expect(() => new Registry(driver, { ttl: '500ms' })).toThrow(
      'registry.ttl: 500ms is below what this driver can hold; the smallest is 2000ms',
    );
  });

  it.each(['timeout', 'ttl'])('refuses a %s of no time, and one that is no duration', (name) => {
    const make = (value: unknown) => () => new Registry(new FakeRegistry(virtualClock()), { [name]: value });
    for (const value of [0, '0s', -1, Number.NaN, 'soon']) {
      expect(make(value)).toThrow(
        expect.objectContaining({
          code: 'WEFT_CONFIG_INVALID',
          problems: [expect.objectContaining({ path: `registry.${name}` })],
        }),
      );
    }
    expect(make('0s')).toThrow(`registry.${name}: 0: expected a duration above 0, such as "30s"`);
  });

  it('refuses a description that is wrong before anything is sent', async () => {
    const { registry, driver } = open();
    await expect(registry.register({ name: 'orders', port: 0 })).rejects.toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
    expect(driver.calls).toEqual([]);
  });
});

describe('what is no description', () => {
  it.each([[null], ['orders'], [undefined]])('is refused: %s', async (source) => {
    const { registry } = open();
    const refused = { code: 'WEFT_INVALID_ARGUMENT', message: expect.stringContaining('expected { name, port, ... }') };
    await expect(registry.register(source as never)).rejects.toMatchObject(refused);
  });
});

describe('deregister', () => {
  it('takes the description, the info, an id, or something that describes itself; twice is no failure', async () => {
    const { registry, driver } = open();
    const plain = { name: 'orders', port: 1 };
    const service = { toInfo: () => ({ ...orders, id: 'orders-2' }) };
    await registry.register(plain);
    await registry.register(service);
    const info = await registry.register({ ...orders, id: 'orders-3' });
    await registry.register({ ...orders, id: 'orders-4' });
    for (const one of [plain, service, info, 'orders-4', 'orders-4', info, plain]) await registry.deregister(one);
    expect(driver.records.size).toBe(0);
  });

  it('spares the newer claimant to whom the id was lost, given as it was registered (R17)', async () => {
    const { registry, driver, clock } = open();
    await registry.register(orders);
    const winner = instanceRecord('orders-1', { name: 'orders', incarnation: 'zzz' });
    driver.records.set('orders-1', winner);
    driver.failure = new WeftError('WEFT_CONFLICT', 'held by a newer instance');
    await clock.advance(15_000);
    driver.failure = undefined;
    await registry.deregister(orders);
    expect([...driver.records.values()]).toEqual([winner]);
  });

  it('does not take back what is registered anew before it is over', async () => {
    const { registry, driver, clock } = open();
    await registry.register(orders);
    driver.latencyMs = 100;
    const gone = registry.deregister(orders);
    const anew = registry.announce(orders);
    await clock.advance(5_000);
    await gone;
    expect(anew.isRegistered).toBe(true);
    expect([...driver.records.values()]).toMatchObject([{ incarnation: anew.info.incarnation, status: 'up' }]);
  });

  it('removes what somebody else registered, by id', async () => {
    const { registry, driver } = open();
    const other = new Registry(driver, { clock: virtualClock() });
    await other.register(orders);
    await registry.deregister('orders-1');
    expect(driver.records.size).toBe(0);
    await other.close();
  });
});

describe('update', () => {
  it('resolves when the change is published (S210)', async () => {
    const { registry, driver } = open();
    const info = await registry.register(orders);
    await expect(registry.update({ ...info, weight: 3, metadata: { a: 'b' } })).resolves.toMatchObject({ weight: 3 });
    expect(driver.records.get('orders-1')).toMatchObject({ weight: 3, metadata: { a: 'b' }, incarnation: info.incarnation });
  });

  it('refuses what is not registered here', async () => {
    const { registry } = open();
    await expect(registry.update(orders)).rejects.toThrow('"orders-1" is not registered here');
  });

  it('is what registering an id again means', async () => {
    const { registry, driver } = open();
    const { incarnation } = await registry.register(orders);
    await registry.register({ ...orders, version: '2' });
    expect([...driver.records.values()]).toMatchObject([{ version: '2', incarnation }]);
  });
});

describe('close', () => {
  it('removes what is registered, closes the driver, refuses what comes later, and leaves no timer (S211)', async () => {
    const { registry, clock, driver } = open();
    await registry.register(orders);
    registry.view('orders');
    await settle();
    await Promise.all([registry.close(), registry.close()]);
    expect(driver.records.size).toBe(0);
    expect(driver.isClosed).toBe(true);
    expect(clock.pendingTimers()).toBe(0);
    await expect(registry.register(orders)).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
    expect(() => registry.announce(orders)).toThrow('closed');
    await expect(registry.getService('orders')).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
    await expect(registry.listServices()).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });

  it('ends within 4 s when the backend is silent', async () => {
    const { registry, clock, driver } = open();
    await registry.register(orders);
    driver.isSilent = true;
    driver.close = () => new Promise(() => {});
    let isDone = false;
    void registry.close().then(() => {
      isDone = true;
    });
    await clock.advance(4_000);
    expect(isDone).toBe(true);
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe('the events of a registry', () => {
  it('reach every listener even when one throws, and do not stop the beats', async () => {
    const { registry, clock, driver, told } = open({ ttl: '3s' });
    registry.prependListener('registration.lost', () => {
      throw new Error('listener');
    });
    let onces = 0;
    registry.once('registration.lost', () => void onces++);
    registry.announce(orders);
    await settle();
    for (let round = 0; round < 2; round++) {
      driver.failure = down;
      await clock.advance(6_000);
      driver.failure = undefined;
      await clock.advance(6_000);
    }
    expect(told.filter((event) => event.startsWith('registration.lost'))).toHaveLength(2);
    expect(onces).toBe(1);
    expect(driver.records.has('orders-1')).toBe(true);
  });
});
