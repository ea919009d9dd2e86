import type { InstanceHandle } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { roundRobin, subset } from './index.js';
import { callsTo, listOf, tried } from './pick-scene.fixture.js';

const chosenBy = (seed: string, from: readonly InstanceHandle[], size = 10) => {
  return new Set(callsTo(subset(roundRobin, { size, seed }), from, 4 * size));
};
const callers = Array.from({ length: 400 }, (_, caller) => `orders-${caller}`);

describe('subset', () => {
  it('calls as many instances as it is told, each in turn', () => {
    expect(chosenBy('orders-1', listOf(100))).toHaveProperty('size', 10);
  });

  it('calls all when there are no more', () => {
    expect(chosenBy('orders-1', listOf(10))).toHaveProperty('size', 10);
  });

  it('chooses the same for the same caller, however the list is ordered', () => {
    const from = listOf(100);
    expect(chosenBy('orders-1', from.toReversed())).toEqual(chosenBy('orders-1', from));
  });

  it('chooses differently for other callers, so that all instances get alike many', () => {
    const from = listOf(100);
    const times = new Map<InstanceHandle, number>();
    for (const caller of callers) {
      for (const instance of chosenBy(caller, from)) times.set(instance, (times.get(instance) ?? 0) + 1);
    }
    const counts = from.map((instance) => times.get(instance) ?? 0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4_000);
    expect(Math.min(...counts)).toBeGreaterThan(20);
    expect(Math.max(...counts)).toBeLessThan(62);
  });

  it('changes one of its instances when one of them leaves, and none when another leaves', () => {
    const from = listOf(100);
    for (const caller of callers.slice(0, 20)) {
      const before = chosenBy(caller, from);
      const [gone] = before;
      const after = chosenBy(
        caller,
        from.filter((instance) => instance !== gone),
      );
      expect([...before].filter((instance) => !after.has(instance))).toEqual([gone]);
      const [other] = from.filter((instance) => !before.has(instance));
      expect(
        chosenBy(
          caller,
          from.filter((instance) => instance !== other),
        ),
      ).toEqual(before);
    }
  });

  it('draws a seed of its own unless it is given one', () => {
    const from = listOf(100);
    const chosen = (draw: number) => new Set(callsTo(subset(roundRobin, { size: 10, random: () => draw }), from, 40));
    expect(chosen(0.1)).toEqual(chosen(0.1));
    expect(chosen(0.1)).not.toEqual(chosen(0.9));
  });

  it('calls another instance when all of its own were tried', () => {
    const from = listOf(5);
    const balancer = subset(roundRobin, { size: 2, seed: 'orders-1' });
    const own = new Set(callsTo(balancer, from, 10));
    const [other] = callsTo(balancer, from, 1, tried(...own));
    expect(other && own.has(other)).toBe(false);
    expect(own).toContain(callsTo(balancer, from, 1, tried(...from))[0]);
  });

  it.each([0, -1, 2.5, Number.NaN])('refuses a size of %d', (size) => {
    expect(() => subset(roundRobin, { size })).toThrow(
      `loadBalancer.options.subset.size: ${size}: expected a whole number from 1`,
    );
  });
});
