import { seededRandom } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { weightedOrder } from './weighted-order.js';

const countOf = (order: readonly number[], index: number) => order.filter((turn) => turn === index).length;

describe('weightedOrder', () => {
  it('interleaves 3:2:1', () => {
    expect(weightedOrder([3, 2, 1])).toEqual([0, 1, 0, 2, 1, 0]);
  });

  it('interleaves 5:1:1 as nginx does', () => {
    expect(weightedOrder([5, 1, 1])).toEqual([0, 0, 1, 0, 2, 0, 0]);
  });

  it('reduces weights to the shortest round', () => {
    expect(weightedOrder([300, 200, 100])).toHaveLength(6);
    expect(weightedOrder([0.5, 0.25, 0.25])).toHaveLength(4);
    expect(weightedOrder([7, 7, 7])).toEqual([0, 1, 2]);
  });

  it('leaves out a weight of 0, and is empty when there is no other', () => {
    expect(weightedOrder([0, 2, 0, 1])).toEqual([1, 3, 1]);
    expect(weightedOrder([0, 0])).toEqual([]);
    expect(weightedOrder([])).toEqual([]);
  });

  it('is bounded for any weights and keeps everybody in', () => {
    const extremes = [
      [1e9, 1],
      [999_999, 1_000_003],
      [Math.PI, Math.E, 1e-12],
      [1e300, 1],
      Array.from({ length: 50 }, (_, index) => 1.001 ** index),
    ];
    for (const weights of extremes) {
      const order = weightedOrder(weights);
      expect(order.length).toBeLessThanOrEqual(10_000 + weights.length);
      expect(new Set(order).size).toBe(weights.length);
    }
  });

  it('is exact and interleaved for long lists as well', () => {
    const order = weightedOrder(Array.from({ length: 2_000 }, (_, index) => 1 + (index % 3)));
    expect(order).toHaveLength(3_999);
    const places = order.flatMap((turn, place) => (turn === 2 ? [place] : []));
    expect(places).toHaveLength(3);
    const gaps = places.map((place, index) => (places[index + 1] ?? (places[0] ?? 0) + 3_999) - place);
    for (const gap of gaps) expect(Math.abs(gap - 1_333)).toBeLessThan(20);
  });

  it('gives each its exact share over one round, for weights at random', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = seededRandom(seed);
      const weights = Array.from({ length: 1 + Math.floor(random() * 8) }, () => Math.floor(random() * 20));
      const order = weightedOrder(weights);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      weights.forEach((weight, index) => {
        expect(countOf(order, index) * total, `seed ${seed}, weights ${weights}`).toBe(weight * order.length);
      });
    }
  });
});
