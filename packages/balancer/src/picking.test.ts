import { instanceRecord } from '@weft/conformance';
import type { InstanceHandle, LoadBalancer, PickRequest, Snapshot } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { leastConnections, randomChoice, roundRobin, weighted } from './index.js';

const handle = (id: string): InstanceHandle => ({ id, instance: instanceRecord(id) });
const snapshot: Snapshot = ['a', 'b', 'c', 'd'].map(handle);
const skipping = (...ids: string[]): PickRequest => ({ skip: ({ id }) => ids.includes(id) });
const pickIds = (balancer: LoadBalancer, call: PickRequest, from: Snapshot = snapshot) =>
  Array.from({ length: 40 }, () => {
    const picked = balancer.pick(from, call);
    picked?.done({ result: 'ok', durationMs: 1 });
    return picked?.instance.id;
  });

describe.each([roundRobin, randomChoice, weighted, leastConnections])('every strategy: %o', (create) => {
  it('picks one of the list', () => {
    const balancer = create();
    const picked = balancer.pick(snapshot, skipping());
    expect(snapshot).toContain(picked?.instance);
  });

  it('picks nobody from an empty list', () => {
    expect(create().pick([], skipping())).toBeUndefined();
  });

  it('picks the only one there is, also when it is skipped', () => {
    expect(create().pick([handle('a')], skipping('a'))?.instance.id).toBe('a');
  });

  it('avoids instances that were tried', () => {
    expect(new Set(pickIds(create(), skipping('a', 'b')))).toEqual(new Set(['c', 'd']));
    expect(new Set(pickIds(create(), skipping('a', 'b', 'c')))).toEqual(new Set(['d']));
  });

  it('picks a tried one when all were tried', () => {
    expect(pickIds(create(), skipping('a', 'b', 'c', 'd'))).not.toContain(undefined);
  });

  it('follows the list when it changes', () => {
    const balancer = create();
    pickIds(balancer, skipping());
    expect(new Set(pickIds(balancer, skipping(), snapshot.slice(0, 2)))).toEqual(new Set(['a', 'b']));
    expect(new Set(pickIds(balancer, skipping(), [...snapshot, handle('e')]))).toContain('e');
  });
});
