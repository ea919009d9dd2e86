import { describe, expect, it } from 'vitest';
import { directiveMs, parseCacheControl } from './cache-control.js';

describe('parseCacheControl', () => {
  it.each([
    ['max-age=60, must-revalidate', { 'max-age': '60', 'must-revalidate': '' }],
    ['MAX-AGE=60,No-Store', { 'max-age': '60', 'no-store': '' }],
    ['private="set-cookie, no-store", max-age="5"', { private: 'set-cookie, no-store', 'max-age': '5' }],
    ['max-age=1, max-age=2', { 'max-age': '1' }],
    ['ext="a \\" no-store", max-age=3', { ext: 'a \\" no-store', 'max-age': '3' }],
    [' , ,;max-age = 7', { 'max-age': '7' }],
    ['max-age="60', { 'max-age': '"60' }],
    ['', {}],
    ['===,"",=', {}],
  ])('reads %j', (value, directives) => {
    expect(Object.fromEntries(parseCacheControl(value))).toEqual(directives);
  });

  it('reads a header that came in several lines, and one that did not come', () => {
    expect([...parseCacheControl(['max-age=1', 'no-store']).keys()]).toEqual(['max-age', 'no-store']);
    expect(parseCacheControl(undefined).size).toBe(0);
  });
});

describe('directiveMs', () => {
  it.each([
    ['max-age=60', 60_000],
    ['max-age=0', 0],
    ['max-age=99999999999999999999', 2 ** 31 * 1_000],
    ['max-age=-1', 0],
    ['max-age=1.5', 0],
    ['max-age=soon', 0],
    ['max-age', 0],
    ['no-store', undefined],
  ])('of %j is %j', (value, ms) => {
    expect(directiveMs(parseCacheControl(value), 'max-age')).toBe(ms);
  });
});
