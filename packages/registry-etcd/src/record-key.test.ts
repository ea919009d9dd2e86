import { describe, expect, it } from 'vitest';
import { RecordKeys } from './record-key.js';

describe('RecordKeys', () => {
  const keys = new RecordKeys('weft');

  it('makes a key of every name and id, and finds both in it again', () => {
    for (const text of ['a', 'a/b', '..', '.', '', '%2F', 'ä €', 'a b', "!'()*", '\u0000']) {
      const key = keys.keyOf({ name: text, id: `1${text}` });
      expect(key.split('/')).toHaveLength(4);
      expect(keys.nameOf(key)).toEqual({ name: text, id: `1${text}` });
    }
  });

  it('knows the keys that are nobody’s', () => {
    for (const key of [
      'weft/services/users',
      'weft/services/users/a/b',
      'other/services/users/a',
      'weft/services/us ers/a',
      'weft/services/%/a',
    ]) {
      expect(keys.nameOf(key), key).toBeUndefined();
    }
  });

  it('keeps services apart whose names begin alike', () => {
    expect(keys.keyOf({ name: 'users-2', id: '1' }).startsWith(keys.below('users'))).toBe(false);
    expect(keys.keyOf({ name: 'users', id: '1' }).startsWith(keys.below(undefined))).toBe(true);
  });

  it('refuses half a character, which no key can hold', () => {
    expect(() => keys.keyOf({ name: '\ud800', id: '1' })).toThrow(expect.objectContaining({ code: 'WEFT_INVALID_ARGUMENT' }));
  });
});
