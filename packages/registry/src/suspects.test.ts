import { FakeRegistry, instanceRecord, seededRandom, settle, virtualClock } from '@weft/conformance';
import { memoryMetrics, type ServiceInstance, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { Registry, type RegistryOptions, type SelfPreservationOptions } from './index.js';

const SEED = 23;
const down = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'connect refused', { failure: 'refused' });
const records = (count: number) => Array.from({ length: count }, (_, at) => instanceRecord(`i${at}`));
const opened: Registry[] = [];

/** A view of `users`, all of whose `count` instances are up; `dead` fail their probes. */
async function open(count: number, options: RegistryOptions = {}, isProbed = true) {
  const clock = virtualClock();
  const driver = new FakeRegistry(clock);
  for (const record of records(count)) driver.records.set(record.id, record);
  const metrics = memoryMetrics();
  const registry = new Registry(driver, { clock, random: seededRandom(SEED), metrics, ...options });
  opened.push(registry);
  const dead = new Set<string>();
  const probed: string[] = [];
  const probe = async ({ id }: ServiceInstance) => {
    probed.push(id);
    if (dead.has(id)) throw new Error('connect refused');
    return true;
  };
  const view = registry.view('users', isProbed ? { probe } : {});
  await settle();
  const ids = () => view.instances.map(({ id }) => id).sort();
  const suspects = () => [...view.suspects].sort();
  const remove = (...gone: string[]) => {
    for (const id of gone) {
      driver.records.delete(id);
      driver.emit({ removed: { name: 'users', id } }, 'users');
    }
    return settle();
  };
  return { clock, driver, metrics, registry, view, dead, probed, ids, suspects, remove };
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
});

describe('instances that vanish without having left', () => {
  it('are believed to have gone when it is a single one, whatever part of the service it is', async () => {
    for (const count of [1, 2, 5]) {
      const { remove, ids, suspects } = await open(count);
      await remove('i0');
      expect([ids().includes('i0'), suspects()]).toEqual([false, []]);
    }
  });

  it('are believed to have gone when they are at most 15 % of the service', async () => {
    const { remove, ids, suspects } = await open(20);
    await remove('i0', 'i1', 'i2');
    expect([ids().length, suspects()]).toEqual([17, []]);
  });

  it('stay as suspects when more than one and more than 15 % vanish within a beat; the first of them comes back (R40)', async () => {
    const { remove, ids, suspects, clock, metrics } = await open(5);
    await remove('i0');
    expect(ids()).toEqual(['i1', 'i2', 'i3', 'i4']);
    await clock.advance(9_000);
    await remove('i1');
    expect([ids().length, suspects()]).toEqual([5, ['i0', 'i1']]);
    expect(metrics.read('registry.suspects', { service: 'users' })).toBe(2);
  });

  it('do not count together when more than a beat lies between them', async () => {
    const { remove, ids, clock } = await open(5);
    for (const id of ['i0', 'i1', 'i2']) {
      await remove(id);
      await clock.advance(11_001);
    }
    expect(ids()).toEqual(['i3', 'i4']);
  });

  it('stay while their probes pass, and are given up when the registry has not shown them for 5 min', async () => {
    const { remove, ids, suspects, clock, probed } = await open(5);
    await remove('i0', 'i1', 'i2', 'i3', 'i4');
    await clock.advance(299_000);
    expect([ids().length, suspects().length]).toEqual([5, 5]);
    expect(probed.length, `seed ${SEED}`).toBeLessThanOrEqual(5 * 61);
    await clock.advance(2_000);
    expect([ids(), suspects()]).toEqual([[], []]);
  });

  it('go as soon as three probes in a row have failed, those that pass stay', async () => {
    const { remove, ids, suspects, clock, dead, probed } = await open(5);
    dead.add('i0').add('i1');
    await remove('i0', 'i1', 'i2');
    await clock.advance(3_000);
    expect([ids(), suspects()]).toEqual([['i2', 'i3', 'i4'], ['i2']]);
    expect(probed.filter((id) => id === 'i0')).toHaveLength(3);
    await remove('i3');
    expect(ids(), 'what was given up does not come back').toEqual(['i2', 'i3', 'i4']);
  });

  it('go after three probes that never answer', async () => {
    const { driver, registry, clock } = await open(0, {}, false);
    for (const record of records(3)) driver.emit({ put: record }, 'users');
    const view = registry.view('users', { probe: () => new Promise(() => {}) });
    await settle();
    driver.emit({ list: [] }, 'users');
    await settle();
    expect(view.suspects.size).toBe(3);
    await clock.advance(7_000);
    expect(view.instances).toEqual([]);
  });

  it('go after 5 min when nobody can probe them; until then the others are found before them', async () => {
    const { remove, ids, clock, registry } = await open(3, {}, false);
    await remove('i0', 'i1');
    expect((await registry.getInstances('users')).map(({ id }) => id)).toEqual(['i2']);
    expect((await registry.getService('users')).id).toBe('i2');
    await remove('i2');
    expect((await registry.getInstances('users')).length).toBe(3);
    await clock.advance(302_000);
    expect(ids()).toEqual([]);
  });

  it('are suspects no more when the registry shows them again', async () => {
    const { remove, driver, ids, suspects, clock } = await open(5);
    await remove('i0', 'i1');
    driver.emit({ put: instanceRecord('i0') }, 'users');
    await settle();
    expect(suspects()).toEqual(['i1']);
    for (const record of records(5)) driver.records.set(record.id, record);
    driver.emit({ list: records(5) }, 'users');
    await clock.advance(600_000);
    expect([ids().length, suspects()]).toEqual([5, []]);
  });

  it('are not given up while the registry itself is gone', async () => {
    const { remove, driver, dead, ids, clock } = await open(5);
    for (const { id } of records(5)) dead.add(id);
    await remove('i0', 'i1');
    driver.failure = down;
    driver.breakStreams(down);
    await clock.advance(3_600_000);
    expect(ids()).toHaveLength(5);
  });

  it('stay as suspects even when it is a single one, when the registry has just come back: it may have been emptied (R32)', async () => {
    const { driver, dead, ids, suspects, clock } = await open(1);
    driver.failure = down;
    driver.breakStreams(down);
    await settle();
    driver.records.clear();
    driver.failure = undefined;
    await clock.advance(2_000);
    expect([ids(), suspects()], `seed ${SEED}`).toEqual([['i0'], ['i0']]);
    dead.add('i0');
    await clock.advance(9_000);
    expect(ids()).toEqual([]);
  });

  it('stay as suspects when the only one vanishes within a beat and 2 s of the return: its lease may have run out meanwhile', async () => {
    for (const [afterMs, count, kept] of [
      [9_000, 1, ['i0']],
      [9_000, 5, []],
      [20_000, 1, []],
    ] as const) {
      const { driver, remove, dead, suspects, ids, clock } = await open(count);
      driver.failure = down;
      driver.breakStreams(down);
      await clock.advance(20_000);
      driver.failure = undefined;
      await clock.advance(afterMs);
      await remove('i0');
      expect([suspects(), ids().includes('i0')], `${afterMs} ms, seed ${SEED}`).toEqual([kept, kept.length > 0]);
      dead.add('i0');
      await clock.advance(9_000);
      expect(ids(), 'once its probes have failed').not.toContain('i0');
    }
  });

  it('are obeyed at once when self-preservation is off', async () => {
    const { remove, ids } = await open(5, { selfPreservation: false });
    await remove('i0', 'i1', 'i2', 'i3');
    expect(ids()).toEqual(['i4']);
  });

  it('are judged by the numbers that are given; numbers that cannot be are refused', async () => {
    const { remove, ids } = await open(5, { selfPreservation: { minInstances: 3, ratio: 0.5 } });
    await remove('i0', 'i1');
    expect(ids()).toHaveLength(3);
    await remove('i2');
    expect(ids()).toHaveLength(5);
    const bad: [SelfPreservationOptions, string][] = [
      [{ minInstances: 0 }, 'registry.selfPreservation.minInstances'],
      [{ ratio: 15 }, 'registry.selfPreservation.ratio'],
    ];
    for (const [selfPreservation, path] of bad) {
      const make = () => new Registry(new FakeRegistry(virtualClock()), { selfPreservation });
      expect(make).toThrow(
        expect.objectContaining({ code: 'WEFT_CONFIG_INVALID', problems: [expect.objectContaining({ path })] }),
      );
    }
  });

  it('leave no timer behind after close', async () => {
    const { remove, registry, clock } = await open(5);
    await remove('i0', 'i1');
    await registry.close();
    await settle();
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe('an empty list after a reconnect, of a service that had 5 (R41)', () => {
  it('is not believed at once: the instances are dropped as their probes fail', async () => {
    const { driver, clock, ids, suspects, dead } = await open(5);
    driver.records.clear();
    driver.breakStreams(down);
    await clock.advance(2_000);
    expect([ids().length, suspects().length]).toEqual([5, 5]);
    for (const { id } of records(5)) dead.add(id);
    await clock.advance(8_000);
    expect(ids()).toEqual([]);
  });

  it('is corrected without a word to anybody when the instances are back', async () => {
    const { driver, registry, clock, ids, suspects } = await open(5);
    const events: string[] = [];
    const reading = (async () => {
      for await (const { type } of registry.watch('users')) events.push(type);
    })();
    driver.records.clear();
    driver.breakStreams(down);
    await clock.advance(2_000);
    for (const record of records(5)) driver.emit({ put: record }, 'users');
    await settle();
    expect([ids().length, suspects()]).toEqual([5, []]);
    await registry.close();
    await reading;
    expect(events).toEqual(['snapshot']);
  });
});

describe('a service that is scaled to zero (R42)', () => {
  it('has no instance any more as soon as the last has left', async () => {
    const { driver, ids, suspects, registry } = await open(5);
    for (const { id } of records(5)) {
      driver.emit({ put: instanceRecord(id, { status: 'draining' }) }, 'users');
      driver.emit({ removed: { name: 'users', id } }, 'users');
    }
    await settle();
    expect([ids(), suspects()]).toEqual([[], []]);
    await expect(registry.getService('users')).rejects.toMatchObject({ code: 'WEFT_NO_INSTANCE' });
  });

  it('has none when a list no longer shows those that were draining', async () => {
    const { driver, ids } = await open(5);
    driver.emit({ list: records(5).map((record) => ({ ...record, status: 'draining' as const })) }, 'users');
    driver.emit({ list: [] }, 'users');
    await settle();
    expect(ids()).toEqual([]);
  });

  it('is told by deregistering alone: who deregisters says first that it leaves', async () => {
    const { driver, clock } = await open(0);
    const [here, there] = [new Registry(driver, { clock }), new Registry(driver, { clock })];
    opened.push(here, there);
    const infos = await Promise.all([1, 2, 3, 4, 5].map((port) => here.register({ name: 'users', port })));
    const view = there.view('users');
    await settle();
    expect(view.instances).toHaveLength(5);
    await Promise.all(infos.map((info) => here.deregister(info)));
    await settle();
    expect([view.instances, view.suspects.size]).toEqual([[], 0]);
  });
});
