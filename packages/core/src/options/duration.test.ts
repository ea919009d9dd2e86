import { describe, expect, it } from 'vitest';
import { parseDuration, parsePositiveDuration } from './duration.js';

describe('parseDuration', () => {
  it.each([
    [0, 0],
    [1_500, 1_500],
    ['500ms', 500],
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['1.5s', 1_500],
    ['2h', 7_200_000],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([['30'], ['s'], ['-1s'], [' 1s'], ['1 s'], [-1], [Number.NaN], [Number.POSITIVE_INFINITY], [null], [{}], ['']])(
    'refuses %s, saying what is right',
    (value) => {
      expect(() => parseDuration(value, 'registry.ttl')).toThrow(
        /registry\.ttl: .*expected a number of ms or text such as "30s"/,
      );
    },
  );

  it('refuses a number above 24 h: it is most often in Go’s nanoseconds', () => {
    expect(() => parseDuration(30_000_000_000, 'client.timeout')).toThrow(/is this Go nanoseconds\? write "30s"/);
  });
});

describe('parsePositiveDuration', () => {
  it('reads as parseDuration does, and refuses a duration of 0', () => {
    expect(parsePositiveDuration('1.5s')).toBe(1_500);
    expect(() => parsePositiveDuration('0m', 'a.b')).toThrow('a.b: 0: expected a duration above 0, such as "30s"');
    expect(() => parsePositiveDuration('soon', 'a.b')).toThrow('a.b: "soon" is not a duration');
  });
});
