import type { Snapshot } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { preferZone, roundRobin, weighted } from './index.js';
import { callsTo, countsOf, handleOf, tried } from './pick-scene.fixture.js';

const zones = (...names: readonly (string | undefined)[]) =>
  names.map((zone, at) => handleOf(`i${at}`, zone === undefined ? {} : { zone }));
const ratioIn = (zone: string, from: Snapshot, headroom?: number) => {
  const balancer = preferZone(roundRobin, { name: zone, ...(headroom !== undefined && { headroom }) });
  return callsTo(balancer, from, 1_000).filter(({ instance }) => instance.zone === zone).length / 1_000;
};

describe('preferZone', () => {
  it('stays in the own zone when it has its even share of the instances', () => {
    expect(ratioIn('a', zones('a', 'a', 'b', 'b', 'c', 'c'))).toBe(1);
  });

  it('shares the calls of the zone among its instances', () => {
    const from = zones('a', 'b', 'a');
    expect(countsOf(callsTo(preferZone(roundRobin, { name: 'a' }), from, 10), from)).toEqual([5, 0, 5]);
  });

  it('stays while the zone is short by no more than its headroom', () => {
    expect(ratioIn('a', zones('a', 'a', 'a', 'a', 'b', 'b', 'b', 'b', 'b'))).toBe(1);
  });

  it('spills over what the own zone cannot carry, evenly spread', () => {
    const from = zones('a', 'b', 'b', 'b', 'b', 'b', 'b');
    expect(ratioIn('a', from)).toBeCloseTo(0.4, 2);
    const pattern = callsTo(preferZone(roundRobin, { name: 'a' }), from, 15).map(({ instance }) => instance.zone);
    expect(pattern.join('')).toBe('ababbababbababb');
  });

  it('takes more with more headroom', () => {
    const from = zones('a', 'b', 'b', 'b', 'b', 'b', 'b');
    expect(ratioIn('a', from, 1)).toBeCloseTo(2 / 7, 2);
    expect(ratioIn('a', from, 3.5)).toBe(1);
  });

  it('goes to the other zones when nobody is in the own one, and the other way round', () => {
    const elsewhere = zones('b', 'c', undefined);
    expect(countsOf(callsTo(preferZone(roundRobin, { name: 'a' }), elsewhere, 9), elsewhere)).toEqual([3, 3, 3]);
    const here = zones('a', 'a');
    expect(countsOf(callsTo(preferZone(roundRobin, { name: 'a' }), here, 4), here)).toEqual([2, 2]);
  });

  it('goes to the other zones when all of the own one were tried', () => {
    const from = zones('a', 'b');
    expect(new Set(callsTo(preferZone(roundRobin, { name: 'a' }), from, 5, tried(...from.slice(0, 1))))).toEqual(
      new Set([from[1]]),
    );
  });

  it('goes to the other zones when everybody of the own one is drained', () => {
    const from = [handleOf('drained', { zone: 'a', weight: 0 }), handleOf('other', { zone: 'b' })];
    const picks = callsTo(preferZone(weighted, { name: 'a' }), from, 5);
    expect(new Set(picks)).toEqual(new Set([from[1]]));
  });

  it('refuses a zone without a name, and headroom below 1', () => {
    expect(() => preferZone(roundRobin, { name: '' })).toThrow('loadBalancer.options.zone.name: "": expected text');
    expect(() => preferZone(roundRobin, { name: 'a', headroom: 0.5 })).toThrow(
      'loadBalancer.options.zone.headroom: 0.5: expected a number from 1',
    );
  });
});
