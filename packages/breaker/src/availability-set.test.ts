import { instanceRecord, seededRandom, virtualClock } from '@weft/conformance';
import type { ServiceInstance } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { AvailabilityScene, type SceneOptions } from './availability-scene.fixture.js';
import type { Judgement, OutlierOptions } from './index.js';

const sceneOf = (ids: string, options?: SceneOptions) =>
  new AvailabilityScene(
    virtualClock(),
    [...ids].map((id) => instanceRecord(id)),
    options,
  );

describe('AvailabilitySet: what discovery says', () => {
  it('lets those be picked that are up', () => {
    const { set } = sceneOf('');
    set.update([instanceRecord('a'), instanceRecord('b', { status: 'draining' }), instanceRecord('c', { status: 'not-ready' })]);
    expect(set.snapshot.map(({ id }) => id)).toEqual(['a']);
  });

  it('keeps the handle of an instance and puts its newest record into it', () => {
    const { set } = sceneOf('ab');
    const [before] = set.snapshot;
    set.update([instanceRecord('a', { version: '2.0.0' }), instanceRecord('b')]);
    expect(set.snapshot[0]).toBe(before);
    expect(before?.instance.version).toBe('2.0.0');
  });

  it('keeps the identity of the snapshot while membership, statuses and what balancers choose by stay', () => {
    const { set } = sceneOf('ab');
    const before = set.snapshot;
    set.update([instanceRecord('b', { healthPath: '/x' }), instanceRecord('a', { tags: [], metadata: {} })]);
    expect(set.snapshot).toBe(before);
  });

  it('knows each instance again, whoever came, went and moved in the list', () => {
    const { set } = sceneOf('abcd');
    const before = new Map(set.snapshot.map((handle) => [handle.id, handle]));
    set.update(['e', 'd', 'a', 'f', 'c'].map((id) => instanceRecord(id)));
    expect(set.snapshot.map(({ id }) => id)).toEqual(['e', 'd', 'a', 'f', 'c']);
    for (const id of 'acd')
      expect(
        set.snapshot.find((handle) => handle.id === id),
        id,
      ).toBe(before.get(id));
    set.update([...'abcd'].map((id) => instanceRecord(id)));
    expect(set.snapshot.find(({ id }) => id === 'b')).not.toBe(before.get('b'));
  });

  it.each<[string, ServiceInstance[]]>([
    ['a weight', [instanceRecord('a', { weight: 2 }), instanceRecord('b')]],
    ['a weight in the metadata', [instanceRecord('a', { metadata: { weight: '2' } }), instanceRecord('b')]],
    ['a version', [instanceRecord('a', { version: '2.0.0' }), instanceRecord('b')]],
    ['a zone', [instanceRecord('a', { zone: 'eu-1a' }), instanceRecord('b')]],
    ['a tag', [instanceRecord('a', { tags: ['x'] }), instanceRecord('b')]],
    ['a fact in the metadata', [instanceRecord('a', { metadata: { region: 'y' } }), instanceRecord('b')]],
    ['a status', [instanceRecord('a', { status: 'draining' }), instanceRecord('b')]],
    ['the membership', [instanceRecord('b')]],
    ['an incarnation', [instanceRecord('a', { incarnation: 'z' }), instanceRecord('b')]],
  ])('gives the snapshot a new identity when %s changes', (_, instances) => {
    const { set } = sceneOf('ab');
    const before = set.snapshot;
    set.update(instances);
    expect(set.snapshot).not.toBe(before);
  });

  it('begins with a clean slate when an instance returns with a new incarnation', async () => {
    const scene = sceneOf('ab');
    const old = scene.begin('a');
    scene.call('a', 'unreachable');
    expect(scene.picked).toBe('b');
    scene.set.update([instanceRecord('a', { incarnation: 'z' }), instanceRecord('b')]);
    expect(scene.picked).toBe('ab');
    scene.end(old, 'unreachable');
    expect(scene.picked).toBe('ab');
    await scene.clock.advance(5_000);
    expect(scene.probes).toEqual([]);
  });

  it('never lets a draining instance be picked, not even when all others are out of reach (R20)', () => {
    const { set, clock } = sceneOf('');
    set.update([instanceRecord('a'), instanceRecord('b', { status: 'draining' })]);
    const [a] = set.snapshot;
    if (a) set.end(set.begin(a, clock.now()), 'unreachable', clock.now());
    expect(set.snapshot).toEqual([a]);
  });

  it('refuses a handle that is not its own', () => {
    const { set } = sceneOf('a');
    expect(() => set.begin({ id: 'x', instance: instanceRecord('x') }, 0)).toThrow(
      expect.objectContaining({ code: 'WEFT_INVALID_ARGUMENT' }),
    );
  });
});

describe('AvailabilitySet: the whole service', () => {
  it('is failing while the last outcome of every available instance is a failure', () => {
    const scene = sceneOf('abc');
    expect(scene.set.allFailing()).toBe(false);
    scene.call('a', 'bad');
    scene.call('b', 'bad');
    expect(scene.set.allFailing()).toBe(false);
    scene.call('c', 'ignored');
    expect(scene.set.allFailing()).toBe(false);
    scene.call('c', 'bad');
    expect(scene.set.allFailing()).toBe(true);
    scene.call('b', 'ok');
    expect(scene.set.allFailing()).toBe(false);
  });

  it('is failing when nobody can be reached (R9)', () => {
    const scene = sceneOf('abc');
    for (const id of 'abc') scene.call(id, 'unreachable');
    expect(scene.set.allFailing()).toBe(true);
    scene.call('a', 'ok');
    expect(scene.set.allFailing()).toBe(false);
  });

  it('is not failing without instances', () => {
    expect(sceneOf('').set.allFailing()).toBe(false);
  });

  it('says the same as a full count, for 5,000 outcomes at random', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const scene = sceneOf('abcdef', { baseTime: '1s' });
      const random = seededRandom(seed);
      const outcomes: Judgement[] = ['ok', 'bad', 'bad', 'bad', 'bad', 'bad', 'bad', 'unreachable', 'ignored'];
      for (let call = 0; call < 1_000; call++) {
        const { snapshot } = scene.set;
        const id = snapshot[Math.floor(random() * snapshot.length)]?.id ?? '';
        scene.call(id, outcomes[Math.floor(random() * outcomes.length)] ?? 'ok');
        const failing = new Set(scene.set.stats().flatMap(({ id, failures }) => (failures > 0 ? [id] : [])));
        expect(scene.set.allFailing(), `seed ${seed}, call ${call}`).toBe(scene.set.snapshot.every(({ id }) => failing.has(id)));
        if (call % 20 === 0) await scene.clock.advance(500);
      }
    }
  });
});

describe('AvailabilitySet: the rest', () => {
  it('tells what is held against each instance', () => {
    const scene = sceneOf('ab');
    scene.begin('a');
    scene.begin('a');
    scene.call('b', 'bad', 5);
    expect(scene.set.stats()).toEqual([
      { id: 'a', state: 'up', inFlight: 2, ejections: 0, failures: 0 },
      { id: 'b', state: 'ejected', inFlight: 0, ejections: 1, failures: 5 },
    ]);
  });

  it('counts an end once', () => {
    const scene = sceneOf('ab');
    const flights = [scene.begin('a'), scene.begin('a'), scene.begin('a')];
    for (let time = 0; time < 3; time++) scene.end(flights[1] ?? scene.begin('a'), 'bad');
    expect(scene.set.stats()[0]).toMatchObject({ inFlight: 2, failures: 1 });
  });

  it('is not disturbed by a listener that throws', () => {
    const onEvent = () => {
      throw new Error('listener');
    };
    const scene = sceneOf('ab', { onEvent });
    scene.call('a', 'unreachable');
    expect(scene.picked).toBe('b');
  });

  it('has no timer while nothing is under way and nobody is suspected', async () => {
    const scene = sceneOf('abc');
    expect(scene.clock.pendingTimers()).toBe(0);
    for (let call = 0; call < 100; call++) scene.call('a', 'ok');
    expect(scene.clock.pendingTimers()).toBe(1);
    await scene.clock.advance(1_000);
    expect(scene.clock.pendingTimers()).toBe(0);
  });

  it('has no timer after close(), which may be called twice', async () => {
    const scene = sceneOf('abc');
    const flight = scene.begin('b');
    scene.call('a', 'unreachable');
    scene.set.close();
    scene.set.close();
    expect(scene.clock.pendingTimers()).toBe(0);
    scene.end(flight, 'unreachable');
    scene.begin('c');
    expect(scene.clock.pendingTimers()).toBe(0);
  });

  it.each<[OutlierOptions, string]>([
    [{ consecutive: 0 }, 'client.outlier.consecutive'],
    [{ baseTime: 'soon' }, 'client.outlier.baseTime'],
    [{ maxTime: -1 }, 'client.outlier.maxTime'],
    [{ maxRatio: 1.5 }, 'client.outlier.maxRatio'],
    [{ sweep: 0 }, 'client.outlier.sweep'],
    [{ stall: Number.NaN }, 'client.outlier.stall'],
    [{ slow: { factor: 1 } }, 'client.outlier.slow.factor'],
    [{ slow: { minTime: 0 } }, 'client.outlier.slow.minTime'],
  ])('refuses %j', (options, path) => {
    expect(() => sceneOf('a', options)).toThrow(
      expect.objectContaining({ code: 'WEFT_CONFIG_INVALID', problems: [expect.objectContaining({ path })] }),
    );
  });
});
