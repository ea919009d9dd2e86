import { describe, expect, it } from 'vitest';
import { LabelTree } from './label-tree.js';

describe('LabelTree', () => {
  it('finds what was put under the same names and values, and nothing else', () => {
    const tree = new LabelTree<string>();
    tree.add({ method: 'GET', path: '/a' }, 'GET /a');
    tree.add({ method: 'GET', path: '/b' }, 'GET /b');
    tree.add({ method: 'PUT', path: '/a' }, 'PUT /a');
    expect(tree.find({ method: 'GET', path: '/a' })).toBe('GET /a');
    expect(tree.find({ method: 'GET', path: '/b' })).toBe('GET /b');
    expect(tree.find({ method: 'PUT', path: '/a' })).toBe('PUT /a');
    expect(tree.find({ method: 'PUT', path: '/b' })).toBeUndefined();
    expect(tree.find({ method: 'GET' })).toBeUndefined();
    expect(tree.find({ method: 'GET', path: '/a', status: '200' })).toBeUndefined();
    expect(tree.find({ verb: 'GET', path: '/a' })).toBeUndefined();
    expect(tree.find(undefined)).toBeUndefined();
  });

  it('keeps sets of other names apart, and one within another', () => {
    const tree = new LabelTree<number>();
    const sets = [undefined, { a: '1' }, { b: '1' }, { c: '1' }, { a: '1', b: '1' }, { a: '1', c: '1' }, { b: '1', a: '1' }];
    for (const [at, labels] of sets.entries()) tree.add(labels, at);
    expect(sets.map((labels) => tree.find(labels))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(tree.find({})).toBe(0);
  });

  it('takes no value for another of another type', () => {
    const tree = new LabelTree<string>();
    tree.add({ status: '200' }, 'text');
    expect(tree.find({ status: 200 } as never)).toBeUndefined();
    expect(tree.find({ status: undefined } as never)).toBeUndefined();
  });
});
