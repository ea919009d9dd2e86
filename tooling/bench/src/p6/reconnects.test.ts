import { describe, expect, it } from 'vitest';
import { attemptsOf, mostWithin } from './reconnects.mjs';

describe('attemptsOf', () => {
  it('takes connections that come together for one attempt, begun with the first of them', () => {
    expect(attemptsOf([])).toEqual([]);
    expect(attemptsOf([10, 11, 60, 111, 500])).toEqual([10, 111, 500]);
  });
});

describe('mostWithin', () => {
  it('finds the fullest window, also across slots of its length', () => {
    expect(mostWithin([], 100)).toBe(0);
    expect(mostWithin([0, 90, 110, 120, 300], 100)).toBe(3);
  });

  it('takes instants in any order, and ends a window before its length is over', () => {
    expect(mostWithin([200, 0, 100], 100)).toBe(1);
    expect(mostWithin([199, 5, 100], 100)).toBe(2);
    expect(mostWithin([7, 7, 7], 100)).toBe(3);
  });
});
