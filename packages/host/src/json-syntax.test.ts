import { seededRandom } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { jsonErrorOffset, positionAt } from './json-syntax.js';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('jsonErrorOffset', () => {
  it.each([
    ['[1,]', 3],
    ['{"a":1,}', 7],
    ['{a:1}', 1],
    ['{"a" 1}', 5],
    ['{"a":tru}', 5],
    ['[01]', 2],
    ['"a\nb"', 0],
    ['', 0],
    ['{} x', 3],
    ['[1 2]', 3],
  ])('finds where %j stops being JSON', (text, offset) => {
    expect(jsonErrorOffset(text)).toBe(offset);
  });

  it('agrees with JSON.parse on what is JSON, for 2,000 damaged texts', () => {
    const seed = 20_261_122;
    const random = seededRandom(seed);
    const whole = '{ "a": [1, -2.5e3, true, null, "x\\u00e9\\n"], "b": { "c": {} , "d": [] } }';
    const damage = '{}[],:"\\ae0-.\n ';
    for (let round = 0; round < 2_000; round++) {
      const at = Math.floor(random() * whole.length);
      const text =
        whole.slice(0, at) + (damage[Math.floor(random() * damage.length)] ?? '') + whole.slice(at + Math.floor(random() * 2));
      expect(jsonErrorOffset(text) === undefined, `seed ${seed}, round ${round}: ${text}`).toBe(isJson(text));
    }
  });
});

describe('positionAt', () => {
  it('counts lines and columns from 1', () => {
    expect(positionAt('ab\ncd', 0)).toEqual({ line: 1, column: 1 });
    expect(positionAt('ab\ncd', 4)).toEqual({ line: 2, column: 2 });
  });
});
