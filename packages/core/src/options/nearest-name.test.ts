import { describe, expect, it } from 'vitest';
import { nearestName } from './nearest-name.js';

describe('nearestName', () => {
  const known = ['round_robin', 'random', 'weighted', 'least_connections'];
  it.each([
    ['rond_robin', 'round_robin'],
    ['Weighted', 'weighted'],
    ['least_conections', 'least_connections'],
    ['zzz', undefined],
    ['', undefined],
  ])('takes %s for %s', (word, expected) => {
    expect(nearestName(word, known)).toBe(expected);
  });
});
