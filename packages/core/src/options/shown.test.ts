import { expect, it } from 'vitest';
import { shown } from './shown.js';

it('shows values as one would write them, and by their type what cannot be written', () => {
  const ring: { self?: unknown } = {};
  ring.self = ring;
  const values = [5, Number.NaN, 7n, 'a', null, { a: [1] }, undefined, () => 1, ring];
  expect(values.map(shown)).toEqual(['5', 'NaN', '7', '"a"', 'null', '{"a":[1]}', 'undefined', 'function', 'object']);
});
