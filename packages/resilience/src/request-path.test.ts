import { seededRandom } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { parseRequestPath } from './index.js';

const refused = expect.objectContaining({ code: 'WEFT_INVALID_ARGUMENT' });

function codeOf(path: string): string {
  try {
    parseRequestPath(path);
    return 'accepted';
  } catch (error) {
    return error instanceof WeftError ? error.code : String(error);
  }
}

describe('parseRequestPath', () => {
  it.each([
    '/',
    '/users/1',
    '/users/1?full=true&sort=-name',
    '/a.b/c..d/.well-known/x',
    '/a%20b?q=%2F%2e%2e',
    '/a//b/',
    '/a/../b',
    '/@scope/name:verb;v=1',
    '/a?u=http://other/../..',
    "/quoted('x')",
  ])('leaves %s as it is', (path) => {
    expect(parseRequestPath(path)).toBe(path);
  });

  it.each([
    ['/grüße?name=Zoë', '/gr%C3%BC%C3%9Fe?name=Zo%C3%AB'],
    ['/🌱', '/%F0%9F%8C%B1'],
    ['/a"b<c>d^e`f{g|h}', '/a%22b%3Cc%3Ed%5Ee%60f%7Bg%7Ch%7D'],
  ])('encodes what a URL cannot hold: %s', (path, encoded) => {
    expect(parseRequestPath(path)).toBe(encoded);
  });

  it.each([
    ['an absolute URL', 'http://other/'],
    ['an absolute URL in capitals', 'HTTPS://other/'],
    ['another scheme', 'file:///etc/passwd'],
    ['a host without a scheme', '//other/'],
    ['a host behind three slashes', '///other/'],
    ['a host behind a backslash', '/\\other/'],
    ['two backslashes', '\\\\other\\'],
    ['a backslash inside', '/a\\..\\b'],
    ['user info', 'user:secret@other/'],
    ['an at sign first', '@other/'],
    ['no slash first', 'users'],
    ['nothing', ''],
    ['a query only', '?a=1'],
    ['".." above the base', '/../admin'],
    ['".." above the base further in', '/users/../../admin'],
    ['an escaped ".."', '/%2e%2E/admin'],
    ['a half escaped ".."', '/.%2e/admin'],
    ['a ".." behind an escaped slash', '/a/..%2f..%2Fadmin'],
    ['a ".." behind an escaped backslash', '/a/..%5c..%5Cadmin'],
    ['".." at the end', '/a/../..'],
    ['a tab', '/a\tb'],
    ['a tab first', '\t/a'],
    ['a space', '/a b'],
    ['CR LF', '/a\r\nhost: other'],
    ['NUL', '/a\0'],
    ['DEL', '/a\x7f'],
    ['a C1 control character', '/a\x85b'],
    ['a no-break space', '/a\u00a0b'],
    ['a line separator', '/a\u2028b'],
    ['a fragment', '/a#b'],
    ['a broken escape', '/100%'],
    ['an escape of one digit', '/%2'],
    ['half of a surrogate pair', '/\ud83c'],
    ['more than 8 KiB', `/${'a'.repeat(8_192)}`],
    ['more than 8 KiB once encoded', `/${'ü'.repeat(2_000)}`],
  ])('refuses %s (R82, R83)', (_, path) => {
    expect(() => parseRequestPath(path)).toThrow(refused);
  });

  it('refuses what is not a string', () => {
    for (const path of [null, undefined, 1, {}, ['/a']] as unknown as string[])
      expect(() => parseRequestPath(path)).toThrow(refused);
  });

  it('never lets a character through that could end the request line, or a path that a URL parser takes elsewhere', () => {
    const alphabet = ['/', '.', '%2e', '%2f', '\\', '%', '@', ':', '?', '#', 'a', 'ü', '\n', '\t', ' ', '\0', '//', '..'];
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed);
      for (let count = 0; count < 5_000; count++) {
        const path = Array.from({ length: 6 }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
        if (codeOf(path) !== 'accepted') continue;
        const sent = parseRequestPath(path);
        const hint = `seed ${seed}, path ${JSON.stringify(path)}`;
        expect(sent, hint).toMatch(/^\/[!-~]*$/);
        expect(new URL(`http://base${sent}`).host, hint).toBe('base');
        expect(new URL(sent, 'http://base/').host, hint).toBe('base');
      }
    }
  });

  it('says what is wrong and what would be right', () => {
    expect(() => parseRequestPath('http://other/x')).toThrow(
      /"http:\/\/other\/x" is refused: it does not begin with "\/".*"\/users\/1\?full=true"/,
    );
  });
});
