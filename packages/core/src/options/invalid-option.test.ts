import { describe, expect, it } from 'vitest';
import { invalidOption, invalidOptions, refuseAll } from './invalid-option.js';

const PROBLEMS = [
  { path: 'a.b', message: 'expected text' },
  { path: '', message: 'expected an object' },
];

describe('the refusal of options', () => {
  it('says where an option stands and what is wrong with it, in words and for programs', () => {
    expect(invalidOption('registry.ttl', 'expected more')).toMatchObject({
      code: 'WEFT_CONFIG_INVALID',
      message: 'registry.ttl: expected more',
      problems: [{ path: 'registry.ttl', message: 'expected more' }],
    });
  });

  it('tells several at once, a line each, and what concerns the whole without a path', () => {
    const error = invalidOptions(PROBLEMS);
    expect(error.message).toBe('a.b: expected text\nexpected an object');
    expect(error.problems).toEqual(PROBLEMS);
  });

  it('is none when nothing is wrong', () => {
    expect(() => refuseAll([])).not.toThrow();
    expect(() => refuseAll(PROBLEMS)).toThrow(invalidOptions(PROBLEMS));
  });
});
