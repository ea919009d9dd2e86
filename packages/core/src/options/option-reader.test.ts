import { describe, expect, it } from 'vitest';
import type { WeftError } from '../errors.js';
import { parseDuration } from './duration.js';
import { OptionReader } from './option-reader.js';

type Read = (reader: OptionReader) => unknown;
/** What a config file may hold in place of a number or a word. */
const given = (value: unknown) => value as never;

function problemsAfter(read: Read): readonly string[] {
  const reader = new OptionReader('part');
  read(reader);
  try {
    reader.check();
    return [];
  } catch (error) {
    const { code, problems = [] } = error as WeftError;
    expect(code).toBe('WEFT_CONFIG_INVALID');
    return problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe('OptionReader', () => {
  it('gives back what is right', () => {
    const reader = new OptionReader('part');
    expect(reader.count('a', 1)).toBe(1);
    expect(reader.count('a', 0, 0)).toBe(0);
    expect(reader.above(1, 'a', 1.5)).toBe(1.5);
    expect(reader.from(0, 'a', 0)).toBe(0);
    expect(reader.flag('a', false)).toBe(false);
    expect(reader.oneOf(['on', 'off'], 'a', 'off')).toBe('off');
    expect(reader.durationMs('a', '1m30s')).toBe(90_000);
    expect(reader.durationMs('a', 0, parseDuration)).toBe(0);
    expect(() => reader.check()).not.toThrow();
  });

  it.each<[string, Read]>([
    ['part.a: 0: expected a whole number from 1', (reader) => reader.count('a', 0)],
    ['part.a: 1.5: expected a whole number from 1', (reader) => reader.count('a', 1.5)],
    ['part.a: "3": expected a whole number from 1', (reader) => reader.count('a', given('3'))],
    ['part.a: 9007199254740992: expected a whole number from 0', (reader) => reader.count('a', 2 ** 53, 0)],
    ['part.a: 11: expected a whole number from 1 to 10', (reader) => reader.count('a', 11, 1, 10)],
    ['part.a: 0: expected a number above 0, up to 1', (reader) => reader.above(0, 'a', 0, 1)],
    ['part.a: 1.1: expected a number above 0, up to 1', (reader) => reader.above(0, 'a', 1.1, 1)],
    ['part.a: Infinity: expected a number above 1', (reader) => reader.above(1, 'a', Number.POSITIVE_INFINITY)],
    ['part.a: NaN: expected a number from 0', (reader) => reader.from(0, 'a', Number.NaN)],
    ['part.a: "yes": expected true or false', (reader) => reader.flag('a', given('yes'))],
    [
      'part.a: "ratio": expected one of count, rate. Did you mean "rate"?',
      (reader) => reader.oneOf(['count', 'rate'], 'a', given('ratio')),
    ],
    ['part.a: 0: expected a duration above 0, such as "30s"', (reader) => reader.durationMs('a', '0s')],
    ['part.a: no good', (reader) => reader.refuse('a', 'no good')],
    ['elsewhere: no good', (reader) => reader.refuseAt('elsewhere', 'no good')],
  ])('says %s', (told, read) => {
    expect(problemsAfter(read)).toEqual([told]);
  });

  it('tells all that was wrong at once', () => {
    const read: Read = (reader) => [reader.count('a', -1), reader.durationMs('b', 'soon'), reader.flag('c', true)];
    expect(problemsAfter(read)).toEqual([
      'part.a: -1: expected a whole number from 1',
      'part.b: "soon" is not a duration: expected a number of ms or text such as "30s", "500ms", "1m30s"',
    ]);
  });
});
