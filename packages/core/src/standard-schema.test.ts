import { describe, expect, it } from 'vitest';
import { issuePath } from './standard-schema.js';

describe('issuePath', () => {
  it('writes a path as one would in code', () => {
    expect(issuePath({ message: '', path: ['plugins', 0, { key: 'from' }] })).toBe('plugins[0].from');
    expect(issuePath({ message: '' })).toBe('');
  });
});
