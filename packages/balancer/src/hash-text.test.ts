import { describe, expect, it } from 'vitest';
import { hashText, mixBits } from './hash-text.js';

describe('hashText', () => {
  it('gives the same number in every release', () => {
    expect([hashText(''), hashText('a'), hashText('customer-42'), hashText('客户')]).toEqual([
      2_872_998_923, 444_641_715, 2_807_919_948, 2_267_516_859,
    ]);
  });

  it('spreads texts that differ little over all numbers', () => {
    const parts = new Uint32Array(64);
    for (let text = 0; text < 64_000; text++) {
      const part = hashText(`customer-${text}`) >>> 26;
      parts[part] = (parts[part] ?? 0) + 1;
    }
    expect(Math.min(...parts)).toBeGreaterThan(850);
    expect(Math.max(...parts)).toBeLessThan(1_150);
  });

  it('gives other numbers for another seed', () => {
    const same = Array.from({ length: 1_000 }, (_, text) => hashText(`${text}`) === hashText(`${text}`, 1));
    expect(same).not.toContain(true);
  });
});

describe('mixBits', () => {
  it('gives no two numbers the same', () => {
    expect(new Set(Array.from({ length: 100_000 }, (_, bits) => mixBits(bits))).size).toBe(100_000);
  });
});
