import { seededRandom } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './index.js';

describe('backoffMs', () => {
  it('doubles its upper bound with every retry, up to the cap', () => {
    const almostOne = () => 0.999_999;
    expect([0, 1, 2, 3, 4, 5, 6, 60].map((n) => Math.round(backoffMs(n, 25, almostOne)))).toEqual([
      25, 50, 100, 200, 400, 800, 1_000, 1_000,
    ]);
    expect(backoffMs(9, 25, almostOne, 300)).toBeCloseTo(300, 2);
  });

  it('is spread over the whole range from 0', () => {
    const random = seededRandom(7);
    const drawn = Array.from({ length: 2_000 }, () => backoffMs(2, 25, random));
    expect(Math.min(...drawn), 'seed 7').toBeLessThan(2);
    expect(Math.max(...drawn), 'seed 7').toBeGreaterThan(98);
    expect(drawn.reduce((sum, ms) => sum + ms, 0) / drawn.length, 'seed 7').toBeCloseTo(50, -1);
  });
});
