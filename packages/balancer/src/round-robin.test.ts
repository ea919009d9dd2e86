import { instanceRecord } from '@weft/conformance';
import type { InstanceHandle, LoadBalancer, Snapshot } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { roundRobin } from './index.js';

const handle = (id: string): InstanceHandle => ({ id, instance: instanceRecord(id) });
const [a, b, c] = [handle('a'), handle('b'), handle('c')];
const firstTry = { skip: () => false };
const pickIds = (balancer: LoadBalancer, from: Snapshot, calls: number) =>
  Array.from({ length: calls }, () => balancer.pick(from, firstTry)?.instance.id).join('');

describe('roundRobin', () => {
  it('hands out the instances in the order of the list', () => {
    expect(pickIds(roundRobin(), [a, b, c], 7)).toBe('abcabca');
  });

  it('goes on with its turn when the list is replaced', () => {
    const balancer = roundRobin();
    pickIds(balancer, [a, b, c], 2);
    expect(pickIds(balancer, [a, b, c], 2)).toBe('ca');
  });

  it('does not favour the first instance of a list that changes with every call', () => {
    const balancer = roundRobin();
    const picks = Array.from({ length: 9 }, () => pickIds(balancer, [a, b, c], 1)).join('');
    expect(picks).toBe('abcabcabc');
  });

  it('leaves the weight of a record to `weighted`', () => {
    const drained = { id: 'z', instance: instanceRecord('z', { weight: 0 }) };
    expect(pickIds(roundRobin(), [a, drained], 4)).toBe('azaz');
  });

  it('hands out the same object each time, so a pick allocates nothing', () => {
    const balancer = roundRobin();
    const from = [a];
    expect(balancer.pick(from, firstTry)).toBe(balancer.pick(from, firstTry));
  });
});
