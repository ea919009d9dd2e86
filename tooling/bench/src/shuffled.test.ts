import { seededRandom } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { shuffled } from './shuffled.mjs';

describe('shuffled', () => {
  it('gives the same order for the same seed, and keeps every item', () => {
    const items = [1, 2, 3, 4, 5];
    expect(shuffled(items, seededRandom(7))).toEqual(shuffled(items, seededRandom(7)));
    expect(shuffled(items, seededRandom(7)).sort()).toEqual(items);
  });

  it('puts each item first about as often', () => {
    const random = seededRandom(7);
    const first = { a: 0, b: 0, c: 0 };
    for (let drawn = 0; drawn < 3_000; drawn++) first[shuffled(['a', 'b', 'c'] as const, random)[0] ?? 'a']++;
    for (const count of Object.values(first)) expect(count, 'seed 7').toBeGreaterThan(900);
  });
});
