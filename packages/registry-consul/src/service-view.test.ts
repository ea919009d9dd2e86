import type { ServiceInstance } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { record } from '../test/records.js';
import { changesBetween, listOf, type ServiceView, viewed, viewOf as viewOfSeen } from './service-view.js';

const viewOf = (instances: readonly ServiceInstance[]): ServiceView => viewOfSeen(instances.map((instance) => viewed(instance)));
const many = (count: number) => Array.from({ length: count }, (_, at) => record({ id: `orders-${at}` }));

describe('viewOf', () => {
  it('has of two records under one id that of the greater incarnation, whichever comes first', () => {
    const [older, newer] = [record({ incarnation: '0a' }), record({ incarnation: '0b' })];
    expect(listOf(viewOf([older, newer]))).toEqual([newer]);
    expect(listOf(viewOf([newer, older]))).toEqual([newer]);
  });

  it('keeps the same id of two services apart', () => {
    expect(listOf(viewOf([record(), record({ name: 'users' })]))).toHaveLength(2);
  });
});

describe('viewed', () => {
  it('is the very same as before while its record has not changed', () => {
    const before = viewOf([record()]);
    const [same] = before.values();
    expect(viewed(record(), before)).toBe(same);
    expect(viewed(record({ weight: 2 }), before)).toMatchObject({ instance: record({ weight: 2 }) });
    expect(viewed(record({ name: 'users' }), before)).toMatchObject({ instance: record({ name: 'users' }) });
  });
});

describe('changesBetween', () => {
  const [a, b, c] = [record({ id: 'a' }), record({ id: 'b' }), record({ id: 'c' })];

  it('tells the list at first, and nothing when nothing has changed', () => {
    expect(changesBetween(undefined, viewOf([]))).toEqual([{ list: [] }]);
    expect(changesBetween(viewOf([a, b]), viewOf([b, a]))).toEqual([]);
  });

  it('tells one by one who came, changed and went', () => {
    const heavier = { ...b, weight: 2 };
    expect(changesBetween(viewOf([a, b]), viewOf([heavier, c]))).toEqual([{ removed: a }, { put: heavier }, { put: c }]);
  });

  it('tells that several vanished together, and apart from them who left on purpose', () => {
    const leaving = record({ id: 'd', status: 'draining' });
    expect(changesBetween(viewOf([a, b, c, leaving]), viewOf([c]))).toEqual([{ removed: leaving }, { list: [c] }]);
  });

  it('tells the list when much has changed', () => {
    expect(changesBetween(viewOf([]), viewOf(many(64)))).toHaveLength(64);
    expect(changesBetween(viewOf([]), viewOf(many(65)))).toEqual([{ list: many(65) }]);
  });
});
