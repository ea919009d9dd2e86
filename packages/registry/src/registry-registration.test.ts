import { FakeRegistry, seededRandom, settle, virtualClock } from '@weft/conformance';
import { memoryMetrics, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { Registry, type RegistryOptions } from './index.js';

const SEED = 7;
const down = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'connect refused', { failure: 'refused' });
const noLeader = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'no leader');
const conflict = new WeftError('WEFT_CONFLICT', 'held by a newer instance');
const opened: { registry: Registry; advance: (ms: number) => Promise<void> }[] = [];

function open(options: RegistryOptions = {}) {
  const clock = virtualClock();
  const driver = new FakeRegistry(clock);
  const metrics = memoryMetrics();
  const registry = new Registry(driver, { clock, random: seededRandom(SEED), metrics, ...options });
  const told: string[] = [];
  for (const event of ['registration.lost', 'registration.restored', 'registration.conflict'] as const) {
    registry.on(event, ({ id }) => void told.push(`${event} ${id}`));
  }
  opened.push({ registry, advance: (ms) => clock.advance(ms) });
  const putTimes = () => driver.calls.filter(({ operation }) => operation === 'put').map(({ at }) => at);
  return { clock, driver, metrics, registry, told, putTimes };
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

  it('refuses a description that is wrong before anything is sent', async () => {
    const { registry, driver } = open();
    await expect(registry.register({ name: 'orders', port: 0 })).rejects.toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
    expect(driver.calls).toEqual([]);
  });
});

describe('an announcement', () => {
  it('returns at once and registers whenever the backend comes, within 5 s of its return (R31)', async () => {
    const { registry, clock, driver } = open();
    driver.failure = down;
    const registration = registry.announce(orders);
    expect(registration.isRegistered).toBe(false);
    await clock.advance(600_000);
    expect(registration.isRegistered).toBe(false);
    driver.failure = undefined;
    await clock.advance(5_000);
    expect(registration.isRegistered).toBe(true);
    await registration.registered;
  });

  it('tries 3 s apart at most while the backend cannot be reached, and 10 s while it answers with errors', async () => {
    for (const [failure, capMs] of [
      [down, 2_000],
      [noLeader, 10_000],
    ] as const) {
      const { registry, clock, driver, putTimes } = open();
      driver.failure = failure;
      registry.announce(orders);
      await clock.advance(600_000);
      const gaps = putTimes()
        .map((at, index, all) => at - (all[index - 1] ?? at))
        .slice(1);
      expect(gaps[0], `seed ${SEED}`).toBeLessThanOrEqual(1_000);
      expect(Math.max(...gaps), `seed ${SEED}`).toBeLessThanOrEqual(capMs);
      expect(Math.max(...gaps), `seed ${SEED}`).toBeGreaterThan(capMs * 0.8);
    }
  });

  it('spreads the first retries of many evenly over a second (R43)', async () => {
    const clock = virtualClock();
    const driver = new FakeRegistry(clock);
    const random = seededRandom(SEED);
    const registries = Array.from({ length: 200 }, () => new Registry(driver, { clock, random }));
    driver.failure = down;
    for (const [at, registry] of registries.entries()) registry.announce({ ...orders, id: `orders-${at}` });
    await settle();
    const startedAt = clock.now();
    driver.calls.length = 0;
    const seen = new Set<string>();
    await clock.advance(1_000);
    const firsts = driver.calls.filter(({ of }) => !seen.has(of) && seen.add(of));
    const slots = Array.from(
      { length: 10 },
      (_, slot) => firsts.filter(({ at }) => Math.floor((at - startedAt) / 100) === slot).length,
    );
    expect(firsts).toHaveLength(200);
    expect(Math.max(...slots), `seed ${SEED}`).toBeLessThanOrEqual(40);
    driver.failure = undefined;
    await Promise.all(registries.map((registry) => registry.close()));
  });

  it('tells once that a record is lost when its TTL has run out, and once that it is back (R34)', async () => {
    const { registry, clock, driver, told } = open({ ttl: '15s' });
    const registration = registry.announce(orders);
    await settle();
    driver.failure = down;
    await clock.advance(14_000);
    expect(told).toEqual([]);
    await clock.advance(60_000);
    expect(told).toEqual(['registration.lost orders-1']);
    expect(registration.isRegistered).toBe(false);
    driver.failure = undefined;
    await clock.advance(2_000);
    expect(told).toEqual(['registration.lost orders-1', 'registration.restored orders-1']);
  });

  it('stops asserting when a newer claimant holds the id, and tells so once (R17)', async () => {
    const { registry, clock, driver, told } = open();
    const registration = registry.announce(orders);
    await settle();
    driver.failure = conflict;
    await clock.advance(120_000);
    expect(told).toEqual(['registration.conflict orders-1']);
    expect(registration.isRegistered).toBe(false);
    const puts = driver.count('put');
    await clock.advance(120_000);
    expect(driver.count('put')).toBe(puts);
  });

  it('notices a newer claimant in a list too, for drivers that cannot tell', async () => {
    const { registry, clock, driver, told } = open();
    const registration = registry.announce(orders);
    await settle();
    const view = registry.view('orders');
    await settle();
    driver.emit({ put: { ...registration.info, incarnation: 'zzz', host: '10.0.0.9' } }, 'orders');
    await settle();
    expect(told).toEqual(['registration.conflict orders-1']);
    expect(view.instances.map(({ host }) => host)).toEqual(['10.0.0.9']);
    await clock.advance(60_000);
    expect(driver.count('put')).toBe(1);
  });

  it('never rejects unhandled, even when nobody asked', async () => {
    const { registry, driver } = open();
    driver.failure = conflict;
    const registration = registry.announce(orders);
    await settle();
    await expect(registration.registered).rejects.toMatchObject({ code: 'WEFT_CONFLICT' });
  });

  it('publishes a change at once, several in a row as one', async () => {
    const { registry, driver } = open();
    const registration = registry.announce(orders);
    await settle();
    registration.update({ status: 'not-ready' });
    registration.update({ metadata: { a: '1' } });
    registration.update({ version: '2.0.0' });
    await settle();
    expect(driver.count('put')).toBe(2);
    expect(driver.records.get('orders-1')).toMatchObject({ status: 'not-ready', metadata: { a: '1' }, version: '2.0.0' });
  });

  it('does not hurry a backend that fails because of changes', async () => {
    const { registry, driver } = open();
    driver.failure = down;
    const registration = registry.announce(orders);
    await settle();
    for (let change = 0; change < 100; change++) {
      registration.update({ version: `${change}` });
      await settle(1);
    }
    expect(driver.count('put')).toBe(1);
  });

  it('publishes what is due before it removes the record, and beats no more', async () => {
    const { registry, clock, driver } = open();
    const registration = registry.announce(orders);
    await settle();
    const statuses: unknown[] = [];
    const put = driver.put.bind(driver);
    driver.put = (self, options) => {
      statuses.push(self.status);
      return put(self, options);
    };
    registration.update({ status: 'draining' });
    await registration.withdraw();
    expect(statuses).toEqual(['draining']);
    expect(driver.records.size).toBe(0);
    await clock.advance(60_000);
    expect(driver.records.size).toBe(0);
  });

  it('gives up withdrawing after 2 s when the backend is silent, and does not reject (R24)', async () => {
    const { registry, clock, driver } = open();
    const registration = registry.announce(orders);
    await settle();
    driver.isSilent = true;
    let isDone = false;
    void registration.withdraw().then(() => {
      isDone = true;
    });
    await clock.advance(2_000);
    expect(isDone).toBe(true);
  });

  it('waits for a beat that is under way before it removes, so that nothing comes back (R25)', async () => {
    const { registry, clock, driver } = open();
    driver.latencyMs = 500;
    const registration = registry.announce(orders);
    await settle();
    const withdrawn = registration.withdraw();
    await clock.advance(2_000);
    await withdrawn;
    expect(driver.records.size).toBe(0);
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
