import { seededRandom } from '@weft/conformance';
import type { InstanceHandle, LoadBalancer, Picked, Snapshot } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { consistentHash } from './index.js';
import { callsTo, countsOf, FIRST_TRY, handleOf, listOf, mustPick, tried } from './pick-scene.fixture.js';

const SEEDS = [1, 2, 3, 4, 5];
const KEYS = Array.from({ length: 5_000 }, (_, key) => `customer-${key}`);

const withKey = (key: string) => ({ ...FIRST_TRY, key });
const ownersOf = (balancer: LoadBalancer, from: Snapshot) => KEYS.flatMap((key) => callsTo(balancer, from, 1, withKey(key)));
const inFlightOf = (calls: readonly Picked[], from: Snapshot) =>
  countsOf(
    calls.map(({ instance }) => instance),
    from,
  );

describe('consistentHash', () => {
  it('gives a key to the same instance in every release', () => {
    const owners = callsTo(consistentHash(), listOf(5), 1, withKey('customer-42'));
    expect(owners.map(({ id }) => id)).toEqual(['i3']);
  });

  it.each([5, 100, 500])('moves only the keys of an instance that leaves a list of %i', (count) => {
    const balancer = consistentHash();
    const from = listOf(count);
    const [before, after] = [ownersOf(balancer, from), ownersOf(balancer, from.slice(1))];
    const moved = KEYS.filter((_, at) => before[at] !== after[at]);
    expect(moved).toHaveLength(countsOf(before, from)[0] ?? -1);
  });

  it('gives an instance that comes keys of all others, and moves no other key', () => {
    const balancer = consistentHash();
    const from = listOf(6);
    const [before, after] = [ownersOf(balancer, from.slice(1)), ownersOf(balancer, from)];
    const moved = KEYS.flatMap((_, at) => (before[at] === after[at] ? [] : [{ was: before[at], is: after[at] }]));
    expect(new Set(moved.map(({ is }) => is))).toEqual(new Set([from[0]]));
    expect(new Set(moved.map(({ was }) => was))).toEqual(new Set(from.slice(1)));
  });

  it('keeps nearly all keys in lists so long that each instance has fewer points', () => {
    const balancer = consistentHash();
    const from = listOf(2_000);
    const [before, after] = [ownersOf(balancer, from), ownersOf(balancer, from.slice(1))];
    const moved = KEYS.filter((_, at) => before[at] !== after[at]).length;
    expect(moved).toBeLessThan(KEYS.length / 20);
  });

  it('keeps the keys of an instance that is started again under its id', () => {
    const balancer = consistentHash();
    const [before, after] = [listOf(5), listOf(5, () => ({ incarnation: '2' }))];
    const ids = (owners: readonly InstanceHandle[]) => owners.map(({ id }) => id);
    expect(ids(ownersOf(balancer, after))).toEqual(ids(ownersOf(balancer, before)));
  });

  it.each([2, 5, 50])('gives each of %i instances a part of the keys', (count) => {
    const from = listOf(count);
    for (const keys of countsOf(ownersOf(consistentHash(), from), from)) {
      expect((keys * count) / KEYS.length).toBeGreaterThan(0.5);
      expect((keys * count) / KEYS.length).toBeLessThan(1.6);
    }
  });

  it('hands out calls without a key in turn', () => {
    const from = listOf(3);
    expect(callsTo(consistentHash(), from, 6)).toEqual([...from, ...from]);
  });

  it.each(SEEDS)('gives nobody a call who has 1.25 times the average of calls in flight, seed %i', (seed) => {
    const random = seededRandom(seed);
    const balancer = consistentHash({ minInFlight: 1 });
    const from = listOf(2 + Math.floor(random() * 20));
    const underWay: Picked[] = [];
    for (let step = 0; step < 3_000; step++) {
      const key = `k${Math.floor(random() ** 3 * 50)}`;
      if (random() < 0.6) {
        const picked = mustPick(balancer, from, random() < 0.9 ? withKey(key) : FIRST_TRY);
        underWay.push(picked);
        const busy = underWay.filter(({ instance }) => instance === picked.instance).length;
        expect(busy, `seed ${seed}, step ${step}`).toBeLessThanOrEqual(Math.ceil((1.25 * underWay.length) / from.length));
      } else underWay.splice(Math.floor(random() * underWay.length), 1)[0]?.done({ result: 'ok', durationMs: 1 });
    }
  });

  it('keeps calls of a key together as long as they are few', () => {
    const from = listOf(5);
    const balancer = consistentHash();
    const [owner] = callsTo(balancer, from, 1, withKey('k'));
    const picks = Array.from({ length: 6 }, () => mustPick(balancer, from, withKey('k')).instance);
    expect(picks.map((instance) => instance === owner)).toEqual([true, true, true, true, false, false]);
  });

  it('sends the calls that are too many to the same next instance, wherever they come from', () => {
    const from = listOf(5);
    const next = () => {
      const balancer = consistentHash({ minInFlight: 1 });
      return [mustPick(balancer, from, withKey('k')).instance, mustPick(balancer, from, withKey('k')).instance];
    };
    expect(next()).toEqual(next());
    const [first, second] = next();
    expect(second).not.toBe(first);
  });

  it('bounds nothing when it is told so', () => {
    const from = listOf(5);
    const balancer = consistentHash({ loadFactor: false });
    expect(new Set(Array.from({ length: 100 }, () => mustPick(balancer, from, withKey('k')).instance)).size).toBe(1);
  });

  it('counts calls that began before the list changed', () => {
    const from = listOf(3);
    const balancer = consistentHash({ minInFlight: 1 });
    const before = Array.from({ length: 30 }, () => mustPick(balancer, from, withKey('k')));
    const after = Array.from({ length: 30 }, () => mustPick(balancer, [...from], withKey('k')));
    expect(Math.max(...inFlightOf([...before, ...after], from))).toBeLessThanOrEqual(25);
    for (const picked of [...before, ...after]) picked.done({ result: 'failed', durationMs: 1 });
    expect(callsTo(balancer, from, 1, withKey('k'))).toEqual([before[0]?.instance]);
  });

  it('goes to the next instance of the key when its own was tried, and so on', () => {
    const from = listOf(4);
    const balancer = consistentHash();
    const order: InstanceHandle[] = [];
    for (const _ of from) order.push(...callsTo(balancer, from, 1, { ...tried(...order), key: 'k' }));
    expect(new Set(order).size).toBe(4);
    expect(callsTo(balancer, from.slice().reverse(), 1, { ...tried(...order.slice(0, 2)), key: 'k' })).toEqual([order[2]]);
  });

  it('keeps apart instances whose ids give the same points', () => {
    const from = [handleOf('a', { incarnation: '1' }), handleOf('a', { incarnation: '2' })];
    const owner = callsTo(consistentHash(), from, 1, withKey('k'));
    expect(callsTo(consistentHash(), from.toReversed(), 1, withKey('k'))).toEqual(owner);
  });

  it.each([{ loadFactor: 1 }, { loadFactor: Number.NaN }, { loadFactor: -2 }, { minInFlight: 0 }, { minInFlight: 1.5 }])(
    'refuses %o',
    (options) => {
      expect(() => consistentHash(options)).toThrow(`loadBalancer.options.${Object.keys(options)[0]}: `);
    },
  );
});
