import { seededRandom } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { LatencyQuantile } from './index.js';
import { P2Quantile } from './p2-quantile.js';
import { exponential, quantileOf } from './simulated-load.fixture.js';

const DISTRIBUTIONS: Readonly<Record<string, (random: () => number) => number>> = {
  uniform: (random) => 10 + 90 * random(),
  exponential: (random) => exponential(20, random),
  'of two kinds': (random) => (random() < 0.8 ? 5 + random() : 100 + 10 * random()),
};

describe('P2Quantile', () => {
  it.each(Object.entries(DISTRIBUTIONS))('is within a tenth of the exact quantile of 5,000 values: %s', (_, draw) => {
    for (const seed of [1, 2, 3]) {
      for (const ratio of [0.5, 0.95]) {
        const [random, quantile] = [seededRandom(seed), new P2Quantile(ratio)];
        const values = Array.from({ length: 5_000 }, () => draw(random));
        for (const value of values) quantile.add(value);
        const exact = quantileOf(values, ratio);
        expect(Math.abs(quantile.value / exact - 1), `seed ${seed}, ratio ${ratio}`).toBeLessThan(0.1);
      }
    }
  });

  it('is exact for up to 5 values, and for values that are all the same', () => {
    const few = new P2Quantile(0.5);
    expect(few.value).toBeNaN();
    for (const value of [3, 1, 2]) few.add(value);
    expect(few.value).toBe(2);
    const same = new P2Quantile(0.95);
    for (let time = 0; time < 1_000; time++) same.add(7);
    expect(same.value).toBe(7);
  });
});

describe('LatencyQuantile', () => {
  it('says nothing while it knows too little', () => {
    const p95 = new LatencyQuantile();
    for (let time = 0; time < 19; time++) p95.add(10);
    expect(p95.value).toBeUndefined();
    p95.add(10);
    expect(p95.value).toBe(10);
  });

  it('forgets what is older than its window', () => {
    for (const seed of [1, 2, 3]) {
      const [random, p95] = [seededRandom(seed), new LatencyQuantile({ window: 1_000 })];
      for (let time = 0; time < 10_000; time++) p95.add(1_000 + random());
      for (let time = 0; time < 1_100; time++) p95.add(10 + random());
      expect(p95.value, `seed ${seed}`).toBeLessThan(11);
    }
  });

  it('refuses options that cannot be', () => {
    expect(() => new LatencyQuantile({ ratio: 1, window: 1 })).toThrow(
      'latencyQuantile.ratio: 1: expected a number above 0, up to 0.9999\nlatencyQuantile.window: 1: expected a whole number from 10',
    );
  });
});
