import { describe, expect, it } from 'vitest';
import { parseAddresses } from './server-address.js';

const rules = { path: 'registry.address', defaultPort: 8500, schemes: ['http', 'https'] };
const parse = (given: string | readonly string[]) => parseAddresses(given, rules);

describe('An address of a backend', () => {
  it.each([
    ['localhost', { host: 'localhost', port: 8500 }],
    ['localhost:1234', { host: 'localhost', port: 1234 }],
    ['[::1]:1234', { host: '::1', port: 1234 }],
    ['https://consul.example', { scheme: 'https', host: 'consul.example', port: 8500 }],
    ['http://u%40x:p%3Aw@h:9/a/b', { scheme: 'http', host: 'h', port: 9, username: 'u@x', password: 'p:w', path: 'a/b' }],
  ])('%s is read', (text, expected) => {
    expect(parse(text)).toEqual([expected]);
  });

  it('may be several, in one text or in a list', () => {
    const expected = [
      { host: 'a', port: 1 },
      { host: 'b', port: 8500 },
    ];
    expect(parse('a:1, b')).toEqual(expected);
    expect(parse(['a:1', 'b'])).toEqual(expected);
  });

  it.each([
    ['', /registry\.address: "" is no address: expected "host:port" such as "localhost:8500"/],
    ['a:1,', /"" is no address/],
    ['ftp://h', /"ftp:\/\/" is not known here; known: http:\/\/, https:\/\//],
    ['h:0', /the port must be 1 to 65535/],
    ['h:70000', /is no address/],
    ['h?x', /is no address/],
    ['a b', /is no address/],
  ])('%j is refused with what would be right', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('is refused when the list is empty', () => {
    expect(() => parse([])).toThrow(/is empty/);
  });

  it('does not show its password when it is refused', () => {
    expect(() => parse('http://me:hunter2@h:70000')).toThrow(/"http:\/\/h:70000" is no address/);
    expect(() => parse('me:hunter2@h:70000')).not.toThrow(/hunter2/);
  });

  it.each(['redis://u:hunter2,x@h', 'a:1,redis://u:hunter2,x@h'])('%j does not show half of a password with a comma', (text) => {
    const rulesOfRedis = { ...rules, schemes: ['redis'] };
    expect(() => parseAddresses(text, rulesOfRedis)).toThrow(/a part without "@" is no address/);
    expect(() => parseAddresses(text, rulesOfRedis)).not.toThrow(/hunter2/);
  });

  it('is refused when a percent sign in its password is not encoded', () => {
    expect(() => parse('http://me:100%zz@h')).toThrow(/"http:\/\/h": a "%" in user or password must be written as "%25"/);
  });
});
