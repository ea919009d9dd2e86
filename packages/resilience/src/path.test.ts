import { describe, expect, it } from 'vitest';
import { parseRequestPath, path } from './index.js';

describe('path', () => {
  it('puts encoded values in their places', () => {
    expect(path('/users/:id', { id: 7 })).toBe('/users/7');
    expect(path('/users/:userId/files/:name?v=1', { userId: 'a/b', name: 'ü ?#%' })).toBe(
      '/users/a%2Fb/files/%C3%BC%20%3F%23%25?v=1',
    );
    expect(path('/health')).toBe('/health');
  });

  it('cannot be led elsewhere by a value', () => {
    for (const id of ['../admin', '//other', '\\other', 'http://other', '\r\nx: y', '..%2f']) {
      const made = path('/users/:id/x', { id });
      expect(made.split('/')).toHaveLength(4);
      expect(made).toMatch(/^\/users\/[!-~]+\/x$/);
    }
    expect(parseRequestPath(path('/users/:id', { id: 'a b' }))).toBe('/users/a%20b');
  });

  it.each([
    ['a missing value', {}, /parameter "id" is missing/],
    ['a misspelt name', { ID: 1 }, /Did you mean it by "ID"/],
    ['an inherited name', Object.create({ id: 1 }), /missing/],
    ['an empty value', { id: '' }, /would name another path/],
    ['a dot', { id: '.' }, /would name another path/],
    ['two dots', { id: '..' }, /would name another path/],
    ['half of a surrogate pair', { id: '\ud83c' }, /surrogate/],
  ])('refuses %s', (_, params, message) => {
    expect(() => path('/users/:id', params)).toThrow(
      expect.objectContaining({ code: 'WEFT_INVALID_ARGUMENT', message: expect.stringMatching(message) }),
    );
  });
});
