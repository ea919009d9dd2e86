import { describe, expect, it } from 'vitest';
import { parseHeaders, parseMethod } from './index.js';

const refused = expect.objectContaining({ code: 'WEFT_INVALID_ARGUMENT' });

describe('parseHeaders', () => {
  it('gives names in lower case and values in turn; lists repeat the name; undefined is left out', () => {
    expect(parseHeaders({ 'X-One': '1', 'x-two': ['2', '3'], 'x-none': undefined })).toEqual([
      'x-one',
      '1',
      'x-two',
      '2',
      'x-two',
      '3',
    ]);
  });

  it('lets every latin1 character and the tab through', () => {
    expect(parseHeaders({ 'x-name': 'Zoë\t~' })).toEqual(['x-name', 'Zoë\t~']);
  });

  it.each(['', 'a b', 'a:b', 'a\r\nb', 'ü', 'a\0', '(x)', 'a/b', 'x\u017f', 'x\u212a'])('refuses the name %j (R83)', (name) => {
    expect(() => parseHeaders({ [name]: 'x' })).toThrow(refused);
  });

  it.each(['a\r\nb: c', 'a\nb', 'a\rb', 'a\0b', 'a\x7fb', 'a\x1bb', '€', '\u2028', '🌱'])(
    'refuses the value %j (R83)',
    (value) => {
      expect(() => parseHeaders({ 'x-name': value })).toThrow(refused);
      expect(() => parseHeaders({ 'x-name': ['fine', value] })).toThrow(refused);
    },
  );

  it.each([
    'Connection',
    'Transfer-Encoding',
    'HOST',
    'content-length',
    'upgrade',
    'keep-alive',
    'TE',
    'trailer',
    'expect',
    'proxy-connection',
  ])('refuses %s, which belongs to the connection', (name) => {
    expect(() => parseHeaders({ [name]: 'x' })).toThrow(refused);
  });

  it('refuses values that are no strings, more than 100 headers, and more than 16 KiB', () => {
    expect(() => parseHeaders({ 'x-name': 1 as unknown as string })).toThrow(refused);
    expect(() => parseHeaders({ 'x-name': null as unknown as string })).toThrow(refused);
    expect(() => parseHeaders(Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`x-${at}`, ''])))).toThrow(refused);
    expect(() => parseHeaders({ 'x-name': 'x'.repeat(16_384) })).toThrow(refused);
  });

  it('never shows a value in the error', () => {
    expect(() => parseHeaders({ authorization: 'Bearer secret\n' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    );
  });
});

describe('parseMethod', () => {
  it('gives methods in upper case', () => {
    expect(['GET', 'post', 'Purge'].map(parseMethod)).toEqual(['GET', 'POST', 'PURGE']);
  });

  it.each(['', 'GET /x HTTP/1.1\r\n', 'GE T', 'GET\n', 'GÉT', 'CONNECT', 'connect', 'G:T', 'X'.repeat(65)])(
    'refuses %j (R83)',
    (method) => {
      expect(() => parseMethod(method)).toThrow(refused);
    },
  );

  it('refuses what is not a string', () => {
    expect(() => parseMethod(undefined as unknown as string)).toThrow(refused);
  });
});
