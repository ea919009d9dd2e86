import { describe, expect, it } from 'vitest';
import { backendsOf, type FaultRow, isWanted, type Wish } from './fault-row.js';

const row = (id: string, more: Partial<FaultRow> = {}): FaultRow => ({ id, title: '', bounds: {}, run: async () => {}, ...more });

describe('a row', () => {
  it('runs on all its backends in full mode', () => {
    expect(backendsOf(row('R32'), 'full')).toEqual(['consul', 'etcd', 'redis']);
    expect(backendsOf(row('R39', { on: ['etcd'] }), 'full')).toEqual(['etcd']);
  });

  it('runs on one in turn in short mode, by its number', () => {
    expect(['R30', 'R31', 'R32'].flatMap((id) => backendsOf(row(id), 'short'))).toEqual(['consul', 'etcd', 'redis']);
    expect(backendsOf(row('R39', { on: ['etcd'] }), 'short')).toEqual(['etcd']);
  });

  it('that is a case of the drivers runs everywhere in both', () => {
    expect(backendsOf(row('stall', { on: ['etcd', 'etcd35'] }), 'short')).toEqual(['etcd', 'etcd35']);
  });

  it('is done when a run names it, or names none; those that measure the machine apart from the others', () => {
    const rows = [row('R45', { alone: true }), row('R32'), row('R3')];
    const idsOf = (wish: Wish) => rows.filter((one) => isWanted(one, wish)).map(({ id }) => id);
    expect(idsOf({})).toEqual(['R45', 'R32', 'R3']);
    expect(idsOf({ ids: 'R3,R45' })).toEqual(['R45', 'R3']);
    expect([idsOf({ part: 'alone' }), idsOf({ part: 'together' })]).toEqual([['R45'], ['R32', 'R3']]);
  });
});
