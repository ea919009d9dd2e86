import { describe, expect, it } from 'vitest';
import { nextIndex } from './next-index.js';

describe('nextIndex', () => {
  it('is what the last answer says', () => {
    expect(nextIndex('17', 0)).toBe(17);
    expect(nextIndex('17', 17)).toBe(17);
    expect(nextIndex('18', 17)).toBe(18);
  });

  it('starts from 0 again when the index has gone back', () => {
    expect(nextIndex('16', 17)).toBe(0);
  });

  it.each(['0', '-1', '', 'soon', '1.5', '1e3', undefined, ['3', '4']])('starts from 0 for %j', (header) => {
    expect(nextIndex(header, 17)).toBe(0);
    expect(nextIndex(header, 0)).toBe(0);
  });
});
