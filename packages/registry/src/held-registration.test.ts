import { FakeRegistry, seededRandom, settle, virtualClock } from '@weft/conformance';
import { WeftError } from '@weft/core';
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

describe('a registration whose connection is lost', () => {
  it('is asserted anew within a second, and then at its beats again', async () => {
    const { registry, clock, driver, putTimes } = open();
    const connection = new AbortController();
    driver.lost = connection.signal;
    registry.announce(orders);
    await clock.advance(2_000);
    driver.lost = new AbortController().signal;
    connection.abort();
    await clock.advance(1_000);
    expect(putTimes(), `seed ${SEED}`).toHaveLength(2);
    await clock.advance(8_000);
    expect(putTimes()).toHaveLength(2);
    await clock.advance(3_000);
    expect(putTimes()).toHaveLength(3);
  });

  it('is asserted anew each 5 s at most where each connection is lost at once', async () => {
    const { registry, clock, driver, putTimes } = open();
    driver.lost = AbortSignal.abort();
    registry.announce(orders);
    await clock.advance(60_000);
    const gaps = putTimes()
      .map((at, index, all) => at - (all[index - 1] ?? at))
      .slice(2);
    expect(Math.min(...gaps), `seed ${SEED}`).toBeGreaterThanOrEqual(5_000);
    expect(putTimes().length).toBeLessThanOrEqual(14);
  });

  it('is tried again until the server is back, and is no news to anybody when it still knew us', async () => {
    const { registry, clock, driver, told } = open();
    const connection = new AbortController();
    driver.lost = connection.signal;
    const registration = registry.announce(orders);
    await clock.advance(1_000);
    driver.failure = down;
    connection.abort();
    await clock.advance(5_000);
    driver.failure = undefined;
    driver.records.clear();
    await clock.advance(2_000);
    expect([...driver.records.keys()], `seed ${SEED}`).toEqual(['orders-1']);
    expect([registration.isRegistered, told]).toEqual([true, []]);
  });

  it('spreads those who lose a server together over a second, and leaves out who has gone meanwhile (R43)', async () => {
    const clock = virtualClock();
    const driver = new FakeRegistry(clock);
    const random = seededRandom(SEED);
    const registry = new Registry(driver, { clock, random });
    const connection = new AbortController();
    driver.lost = connection.signal;
    const held = Array.from({ length: 200 }, (_, at) => registry.announce({ ...orders, id: `orders-${at}` }));
    await clock.advance(1_000);
    driver.calls.length = 0;
    driver.lost = undefined;
    connection.abort();
    void held[0]?.withdraw();
    await clock.advance(1_000);
    const puts = driver.calls.filter(({ operation, of }) => operation === 'put' && of !== 'orders-0');
    expect(puts).toHaveLength(199);
    const slots = Array.from(
      { length: 10 },
      (_, slot) => puts.filter(({ at }) => Math.floor((at - 1_000) / 100) === slot).length,
    );
    expect(Math.max(...slots), `seed ${SEED}`).toBeLessThanOrEqual(40);
    const closed = registry.close();
    await clock.advance(5_000);
    await closed;
  });
});
