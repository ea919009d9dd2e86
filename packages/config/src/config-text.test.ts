import { describe, expect, it } from 'vitest';
import { parseConfigText } from './config-text.js';

describe('parseConfigText', () => {
  it.each([
    ['a.json', '{"n":1}', { n: 1 }],
    ['a.yaml', 'n: 1\nlist: [a, no]', { n: 1, list: ['a', 'no'] }],
    ['a.yml', 'n: 1', { n: 1 }],
    ['a.yaml', '', null],
    ['a.txt', '{"n":1}', '{"n":1}'],
    ['a', '{"n":1}', { n: 1 }],
    ['a', '12', 12],
    ['a', 'n: 1', 'n: 1'],
    ['a', 'no', 'no'],
    ['a', '', ''],
    ['a.json.bak', 'x', 'x'],
  ])('reads %s holding %j', (key, text, value) => {
    expect(parseConfigText(key, text)).toEqual(value);
  });

  it.each([
    ['a.json', '', /^a.json: not valid JSON: Unexpected end of JSON input$/],
    ['a.json', '{"password": s3cret}', /^a.json: not valid JSON: /],
    ['a.json', 's3cret', /^a.json: not valid JSON: /],
    ['a.yaml', 'password: "s3cret', /^a.yaml: not valid YAML: \w+ at line 1, column \d+$/],
    ['a.yaml', 'a: 1\na: s3cret', /^a.yaml: not valid YAML: DUPLICATE_KEY at line 2, column 1$/],
    ['a.yaml', 'a: *s3cret', /^a.yaml: not valid YAML/],
  ])('says where %s holding %j stops being right, without showing it', (key, text, message) => {
    expect(() => parseConfigText(key, text)).toThrow(message);
    expect(() => parseConfigText(key, text)).not.toThrow(/s3cret/);
  });

  it('refuses aliases that would fill the memory', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let n = 1; n < 10; n++) lines.push(`a${n}: &a${n} [${`*a${n - 1}, `.repeat(8)}*a${n - 1}]`);
    expect(() => parseConfigText('a.yaml', lines.join('\n'))).toThrow('aliases');
  });

  it.each(['a.json', 'a.yaml'])('drops the key __proto__ of %s', (key) => {
    const value = parseConfigText(key, '{"a": {"__proto__": {"isAdmin": true}, "b": 1}}') as { a: object };
    expect(Object.keys(value.a)).toEqual(['b']);
    expect(Object.assign({}, value.a)).not.toHaveProperty('isAdmin');
  });
});
