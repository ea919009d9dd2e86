import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from './index.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('parseRetryAfter', () => {
  it('reads seconds', () => {
    expect(parseRetryAfter('2')).toBe(2_000);
    expect(parseRetryAfter(' 0 ')).toBe(0);
  });

  it('reads an HTTP date, one of the past as 0', () => {
    expect(parseRetryAfter('Sun, 01 Mar 2026 12:00:05 GMT', NOW)).toBe(5_000);
    expect(parseRetryAfter('Sun, 01 Mar 2026 11:00:00 GMT', NOW)).toBe(0);
  });

  it.each([
    [undefined],
    [''],
    ['-1'],
    ['1.5'],
    ['soon'],
    ['2 s'],
    ['2026-03-01T12:00:05Z'],
    ['Sun, 99 Mar 2026 99:00:05 GMT'],
    ['99999999999'],
  ])('takes %j as if it were not there', (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined();
  });

  it('takes a repeated header as if it were not there', () => {
    expect(parseRetryAfter(['1', '2'])).toBeUndefined();
  });
});
