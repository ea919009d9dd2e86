import { instanceRecord } from '@weft/conformance';
import type { LoadBalancer, ServiceInstance, Snapshot } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { weighted } from './index.js';

const handle = (id: string, change?: Partial<ServiceInstance>) => ({ id, instance: instanceRecord(id, change) });
const pickIds = (balancer: LoadBalancer, from: Snapshot, calls: number) =>
  Array.from({ length: calls }, () => balancer.pick(from, { skip: () => false })?.instance.id).join('');

describe('weighted', () => {
  it('takes the weight from the options, else from the metadata, else from the record, else 1', () => {
    const from = [
      handle('a', { metadata: { weight: '9' }, weight: 9 }),
      handle('b', { metadata: { weight: '2' }, weight: 9 }),
      handle('c', { weight: 3 }),
      handle('d'),
    ];
    const picks = pickIds(weighted({ weights: { a: 4 } }), from, 10);
    expect([...picks].sort().join('')).toBe('aaaabbcccd');
  });

  it.each(['', ' ', 'heavy', '-1', 'NaN', 'Infinity'])('passes over a weight of %j in the metadata', (weight) => {
    const picks = pickIds(weighted(), [handle('a', { metadata: { weight }, weight: 2 }), handle('b')], 3);
    expect([...picks].sort().join('')).toBe('aab');
  });

  it('sends nothing to an instance with weight 0', () => {
    const balancer = weighted({ weights: { a: 0 } });
    expect(pickIds(balancer, [handle('a'), handle('b'), handle('c', { weight: 0 })], 3)).toBe('bbb');
  });

  it('picks nobody when every weight is 0', () => {
    const balancer = weighted({ weights: { a: 0, b: 0 } });
    expect(balancer.pick([handle('a'), handle('b')], { skip: () => false })).toBeUndefined();
  });

  it('does not send to a drained instance even when all others were tried', () => {
    const balancer = weighted({ weights: { a: 0 } });
    expect(balancer.pick([handle('a'), handle('b')], { skip: ({ id }) => id === 'b' })?.instance.id).toBe('b');
  });

  it('follows a weight that changes with the next snapshot', () => {
    const balancer = weighted();
    const a = handle('a');
    const b = { id: 'b', instance: instanceRecord('b') };
    expect(pickIds(balancer, [a, b], 4)).toBe('abab');
    b.instance = instanceRecord('b', { weight: 0 });
    expect(pickIds(balancer, [a, b], 4)).toBe('aaaa');
  });
});
