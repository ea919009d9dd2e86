import { describe, expect, it } from 'vitest';
import { secretsWithin } from './secrets-within.js';

const isPassword = (path: readonly string[]) => path.at(-1) === 'password';

describe('secretsWithin', () => {
  it('finds what stands at a secret path and below it, the longest first', () => {
    const value = { host: 'db', password: 'planted', pools: [{ password: { old: 'planted-before', pin: 12_345 } }] };
    expect(secretsWithin(value, isPassword)).toEqual(['planted-before', 'planted', '12345']);
  });

  it('leaves out what is too short to be told from a part of a word, and what is no secret', () => {
    expect(secretsWithin({ password: 'abc', user: 'anne' }, isPassword)).toEqual([]);
    expect(secretsWithin('text', () => true)).toEqual(['text']);
    expect(secretsWithin(null, isPassword)).toEqual([]);
  });
});
