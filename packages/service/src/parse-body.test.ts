import { describe, expect, it } from 'vitest';
import { parseBody } from './parse-body.js';

const parse = (body: string, type: string) => parseBody(Buffer.from(body), { 'content-type': type });

describe('parseBody', () => {
  it.each([
    ['application/json', '{"a":[1]}', { a: [1] }],
    ['application/problem+json; charset=utf-8', '{"a":1}', { a: 1 }],
    ['application/json', '\u{feff}{"a":1}', { a: 1 }],
    ['text/plain', 'hello', 'hello'],
    ['application/x-www-form-urlencoded', 'a=1&b=2&b=3', { a: '1', b: ['2', '3'] }],
    ['application/json', '', undefined],
  ])('reads %s', (type, body, value) => {
    expect(parse(body, type)).toEqual(value);
  });

  it('leaves the bytes of anything else', () => {
    expect(parse('abc', 'image/png')).toEqual(Buffer.from('abc'));
  });

  it('says where JSON is malformed, in one printable line', () => {
    expect(() => parse('{"a":}', 'application/json')).toThrow(/^Malformed JSON: Unexpected token '}'/);
    expect(() => parse('{"a":1', 'application/json')).toThrow(/position 6/);
    expect(() => parse('{"a\n":1}', 'application/json')).toThrow(expect.objectContaining({ code: 400 }));
  });

  it.each(['{"__proto__":{"x":1}}', '{"a":{"\\u005f_proto__":{"x":1}}}', '{"constructor":{"prototype":{"x":1}}}'])(
    'cannot pollute a prototype: %s',
    (body) => {
      const merged = Object.assign({}, parse(body, 'application/json')) as { x?: number; a?: object };
      expect(merged.x).toBeUndefined();
      expect(Object.assign({}, merged.a)).not.toHaveProperty('x');
      expect(({} as { x?: number }).x).toBeUndefined();
    },
  );

  it('R96 survives 100,000 levels and many keys', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(Array.isArray(parse(deep, 'application/json'))).toBe(true);
    expect(parse(`${'{"__proto__":'.repeat(50_000)}1${'}'.repeat(50_000)}`, 'application/json')).toEqual({});
    expect(parse(`["\\u0061",${deep}]`, 'application/json')).toHaveProperty('length', 2);
    const keys = Array.from({ length: 80_000 }, (_, at) => `"k${at}":1`).join(',');
    expect(Object.keys(parse(`{${keys}}`, 'application/json') as object)).toHaveLength(80_000);
    expect(parse('{"a":1,"a":2}', 'application/json')).toEqual({ a: 2 });
  });
});
