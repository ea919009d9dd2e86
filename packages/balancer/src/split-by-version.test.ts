import { seededRandom } from '@weft/conformance';
import type { Snapshot } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { roundRobin, splitByVersion, weighted } from './index.js';
import { callsTo, countsOf, FIRST_TRY, handleOf, tried } from './pick-scene.fixture.js';

const versions = (...names: readonly string[]) => names.map((version, at) => handleOf(`i${at}`, { version }));
const split = (weights: Readonly<Record<string, number>>) => splitByVersion(roundRobin, { weights });
const versionsOf = (from: Snapshot, weights: Readonly<Record<string, number>>, calls: number) => {
  return callsTo(split(weights), from, calls).map(({ instance }) => instance.version);
};
const CANARY = versions('1.0.0', '1.0.0', '1.0.0', '2.0.0', '2.0.0');

describe('splitByVersion', () => {
  it('sends exactly 10 of 100 calls to a canary, and interleaves them', () => {
    const picks = versionsOf(CANARY, { '1': 90, '2': 10 }, 100);
    expect(picks.filter((version) => version === '2.0.0')).toHaveLength(10);
    const places = picks.flatMap((version, place) => (version === '2.0.0' ? [place] : []));
    const gaps = places.slice(1).map((place, at) => place - (places[at] ?? 0));
    expect(new Set(gaps)).toEqual(new Set([10]));
  });

  it('gives each instance of a version alike many, whatever the shares', () => {
    expect(countsOf(callsTo(split({ '1': 90, '2': 10 }), CANARY, 600), CANARY)).toEqual([180, 180, 180, 30, 30]);
  });

  it('does not count how many instances a version has', () => {
    const from = versions('1.0.0', '2.0.0', '2.0.0', '2.0.0');
    expect(versionsOf(from, { '1': 1, '2': 1 }, 4)).toEqual(['1.0.0', '2.0.0', '1.0.0', '2.0.0']);
  });

  it('takes the most exact of the weights that fit', () => {
    const from = versions('2.0.0', '2.1.0', '2.1.7');
    const counts = countsOf(callsTo(split({ '2': 1, '2.1': 2, '2.1.7': 3 }), from, 60), from);
    expect(counts).toEqual([10, 20, 30]);
  });

  it('sends nothing to a version without a weight while others are there', () => {
    expect(new Set(versionsOf(versions('1.0.0', '3.0.0'), { '1': 90, '2': 10 }, 20))).toEqual(new Set(['1.0.0']));
    expect(versionsOf(versions('3.0.0'), { '1': 90, '2': 10 }, 1)).toEqual(['3.0.0']);
  });

  it('gives * to all versions without a weight of their own', () => {
    const picks = versionsOf(versions('1.0.0', '1.5.0', '2.0.0'), { '2': 10, '*': 90 }, 100);
    expect(picks.filter((version) => version === '2.0.0')).toHaveLength(10);
    expect(picks.filter((version) => version === '1.5.0')).toHaveLength(45);
  });

  it('sends all calls to the versions that are left', () => {
    expect(new Set(versionsOf(versions('2.0.0'), { '1': 90, '2': 10 }, 5))).toEqual(new Set(['2.0.0']));
  });

  it('never picks a version of weight 0', () => {
    expect(new Set(versionsOf(CANARY, { '1': 1, '2': 0 }, 20))).toEqual(new Set(['1.0.0']));
    expect(split({ '1': 1, '2': 0 }).pick(CANARY.slice(3), FIRST_TRY)).toBeUndefined();
    expect(split({ '1': 1, '*': 0 }).pick(CANARY.slice(3), FIRST_TRY)).toBeUndefined();
  });

  it('goes to another version when all of its turn were tried, or are drained', () => {
    const call = tried(...CANARY.slice(3));
    expect(new Set(callsTo(split({ '1': 1, '2': 9 }), CANARY, 20, call))).toEqual(new Set(CANARY.slice(0, 3)));
    const drained = [handleOf('a', { version: '1.0.0', weight: 0 }), handleOf('b', { version: '2.0.0' })];
    const picks = callsTo(splitByVersion(weighted, { weights: { '1': 9, '2': 1 } }), drained, 20);
    expect(new Set(picks)).toEqual(new Set([drained[1]]));
  });

  it('keeps the shares when the list changes at every call', () => {
    const balancer = split({ '1': 90, '2': 10 });
    const picks = Array.from({ length: 1_000 }, () => callsTo(balancer, [...CANARY], 1)).flat();
    expect(picks.filter(({ instance }) => instance.version === '2.0.0')).toHaveLength(100);
  });

  it('gives any weights their exact shares over one round', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = seededRandom(seed);
      const shares = Array.from({ length: 2 + Math.floor(random() * 3) }, () => 1 + Math.floor(random() * 9));
      const from = shares.map((_, version) => handleOf(`i${version}`, { version: `${version}.0.0` }));
      const total = shares.reduce((sum, share) => sum + share, 0);
      const weights = Object.fromEntries(shares.map((share, version) => [`${version}`, share]));
      expect(countsOf(callsTo(split(weights), from, total), from), `seed ${seed}`).toEqual(shares);
    }
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a share of %d', (share) => {
    expect(() => split({ '1': 1, '2.0.0': share })).toThrow(
      `loadBalancer.options.split.2.0.0: ${share} is not a weight: expected a number from 0 (drained) up.`,
    );
  });

  it.each([{}, { '1': 0 }])('refuses %o, which sends calls nowhere', (weights) => {
    expect(() => split(weights)).toThrow('loadBalancer.options.split: expected at least one share above 0');
  });
});
