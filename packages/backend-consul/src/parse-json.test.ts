import { seededRandom } from '@weft/conformance';
import { type Random, systemRandom } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { countTurns } from '../test/count-turns.js';
import { parseJson } from './parse-json.js';

const PORTION_BYTES = 65_536;
const SCRAPS = ['a', '"', '\\', '\\"', '[', ']', '{', '}', ',', '},{', '],[', 'ä', '€', '😀', '\ud83d', '\n', '\u0000', ' '];
const BLANKS = ['', '', '', ' ', '\n', '\t\r '];

const oneOf = <T>(list: readonly T[], random: Random): T => list[Math.floor(random() * list.length)] as T;
const some = <T>(most: number, random: Random, make: () => T): T[] => Array.from({ length: random() * (most + 1) }, make);

function anyString(random: Random): string {
  return some(12, random, () => oneOf(SCRAPS, random)).join('');
}

function anyValue(random: Random, depth = 0): unknown {
  const kind = Math.floor(random() * (depth > 3 ? 4 : 6));
  if (kind === 0) return oneOf([null, true, false], random);
  if (kind === 1) return oneOf([0, -1.5, 1e21, random()], random);
  if (kind < 4) return anyString(random);
  if (kind === 4) return some(4, random, () => anyValue(random, depth + 1));
  return Object.fromEntries(some(4, random, () => [anyString(random), anyValue(random, depth + 1)]));
}

/** The text of a list of at least so many bytes, with blanks where they may be. */
function textOf(bytes: number, random: Random): string {
  const elements: string[] = [];
  // All of one form, as Consul's are; those of the last form have within them what they begin with.
  const formOf = oneOf<(value: unknown) => unknown>(
    [(value) => value, (Node) => ({ Node: { Node } }), (value) => ({ Node: { value }, Checks: [1, { Node: { value } }] })],
    random,
  );
  for (let length = 0; length < bytes; length += elements.at(-1)?.length ?? 0) {
    const indent = oneOf([undefined, undefined, 1], random);
    elements.push(`${oneOf(BLANKS, random)}${JSON.stringify(formOf(anyValue(random)), null, indent)}${oneOf(BLANKS, random)}`);
  }
  return `${oneOf(BLANKS, random)}[${elements.join()}]${oneOf(BLANKS, random)}`;
}

/** What a parser makes of bytes: a value, or the message of its error. */
async function outcomeOf(parse: (bytes: Buffer) => unknown, bytes: Buffer): Promise<unknown> {
  try {
    return { value: await parse(bytes) };
  } catch (error) {
    return { isSyntax: error instanceof SyntaxError, message: (error as Error).message };
  }
}

async function expectSame(bytes: Buffer, what: string): Promise<void> {
  const expected = await outcomeOf((some) => JSON.parse(some.toString()), bytes);
  const found = await outcomeOf((some) => parseJson(some), bytes);
  // A failure of a deep comparison of so much would take minutes to print.
  expect(JSON.stringify(found) === JSON.stringify(expected), what).toBe(true);
}

const padding = JSON.stringify('x'.repeat(PORTION_BYTES));

describe('parseJson', () => {
  const seed = Math.floor(systemRandom() * 2 ** 32);

  it('makes of any list, short and long, what JSON.parse makes of it', async () => {
    const random = seededRandom(seed);
    for (let round = 0; round < 12; round++) {
      await expectSame(Buffer.from(textOf(random() * 5 * PORTION_BYTES, random)), `seed ${seed}, round ${round}`);
    }
  });

  it('makes of a list that is cut off or has a wrong byte what JSON.parse makes of it', async () => {
    const random = seededRandom(seed);
    const text = Buffer.from(textOf(3 * PORTION_BYTES, random));
    for (let round = 0; round < 40; round++) {
      const at = Math.floor(random() * text.length);
      const spoilt = Buffer.from(text);
      spoilt[at] = oneOf([...Buffer.from('"\\[]{},:1 x'), 0xff, 0xe2], random);
      await expectSame(oneOf([spoilt, text.subarray(0, at)], random), `seed ${seed}, round ${round}`);
    }
  });

  it.each<[string, string]>([
    ['an empty text', ''],
    ['an empty list', '[]'],
    ['an empty list in very many blanks', `${' '.repeat(PORTION_BYTES)}[${' '.repeat(PORTION_BYTES)}] \n`],
    ['blanks and nothing else', ' '.repeat(2 * PORTION_BYTES)],
    ['a list of one long element', `[${padding}]`],
    ['an object', `{"a":${padding},"b":[1,2]}`],
    ['a text', padding],
    ['a bracket that nothing follows', `${' '.repeat(PORTION_BYTES)}[`],
    ['a comma before the first element', `[${' '.repeat(PORTION_BYTES)},1]`],
    ['a comma after the last element', `[1,${padding},]`],
    ['a comma too many', `[${padding},,${padding}]`],
    ['two lists', `[${padding}],[${padding}]`],
    ['a list that ends as an object', `[${padding},1}`],
    ['brackets that do not match', `[{"a":[${padding}}],${padding}]`],
    ['something after the list', `[${padding},1] x`],
    ['a list of very many small ones', `[${'1,'.repeat(PORTION_BYTES * 2)}1]`],
    ['a byte order mark', `\ufeff[${padding}]`],
    ['elements that have within them what they begin with', `[${'{"a":{"b":[1,{"a":{}}]}},'.repeat(PORTION_BYTES / 8)}1]`],
    ['strings in which stands how elements begin', `[${'{"a":{"b":",{\\"a\\":{"}},{"a":{",{":1}},'.repeat(PORTION_BYTES / 8)}1]`],
    ['elements of which only the first begins as it does', `[{"a":1},${'{"b":1},'.repeat(PORTION_BYTES / 4)}1]`],
    ['two lists of objects', `[{"a":${padding}},{"a":1}],[${padding},{"a":1}]`],
    ['strings that look like the end of the list', `[${JSON.stringify('\\"],['.repeat(PORTION_BYTES / 2))},{"]":"[\\\\"}]`],
  ])('makes what JSON.parse makes of %s', (what, text) => expectSame(Buffer.from(text), what));

  it('lets others have a turn for each portion of a long list, and parses a short one at once', async () => {
    const long = Buffer.from(`[${Array.from({ length: 40_000 }, (_, n) => `{"Node":{"ID":${n}},"Checks":[{},{}]}`).join()}]`);
    const turns = countTurns();
    expect(await parseJson(long)).toHaveLength(40_000);
    expect(turns.end()).toBeGreaterThanOrEqual(Math.floor(long.length / PORTION_BYTES) - 1);
    const none = countTurns();
    expect(await parseJson(Buffer.from('[1]'))).toEqual([1]);
    expect(none.end()).toBe(0);
  });

  it('has what was made of each element in its place, of a short list and of a long one, and leaves what is no list', async () => {
    const each = (element: unknown) => [element];
    for (const count of [0, 1, 100_000]) {
      const numbers = Array.from({ length: count }, (_, n) => n);
      expect(await parseJson(Buffer.from(JSON.stringify(numbers)), { each })).toEqual(numbers.map(each));
    }
    expect(await parseJson(Buffer.from('{"a":1}'), { each })).toEqual({ a: 1 });
  });

  it('parses nothing more once nobody waits for it', async () => {
    const list = Buffer.from(`[${`${padding},`.repeat(20)}1]`);
    const control = new AbortController();
    const turns = countTurns();
    const parsed = parseJson(list, { signal: control.signal });
    control.abort();
    expect(await parsed).toBeUndefined();
    expect(turns.end()).toBeLessThanOrEqual(2);
  });
});
