import { describe, expect, it } from 'vitest';
import { formatByteSize, parseByteSize } from './byte-size.js';

describe('parseByteSize', () => {
  it.each([
    [1, 1],
    ['100B', 100],
    ['1kB', 1_000],
    ['500MB', 500_000_000],
    ['1.5GiB', 1_610_612_736],
    ['2TiB', 2_199_023_255_552],
  ])('reads %s as %d bytes', (text, bytes) => {
    expect(parseByteSize(text, 'maxRss')).toBe(bytes);
  });

  it.each([['1'], ['1 GB'], ['GB'], ['1PB'], [''], [0], [-1], [0.5], [Number.NaN], [Number.POSITIVE_INFINITY]])(
    'refuses %s',
    (value) => {
      expect(() => parseByteSize(value, 'maxRss')).toThrow(/maxRss: .*text such as "500MB" or "2GiB"/);
    },
  );
});

describe('formatByteSize', () => {
  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_536, '1.5 KiB'],
    [2_199_023_255_552, '2.0 TiB'],
    [9_007_199_254_740_992, '8192.0 TiB'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatByteSize(bytes)).toBe(text);
  });
});
