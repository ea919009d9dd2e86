import { describe, expect, it } from 'vitest';
import { faultsTable } from './faults-table.mjs';

const record = (id: string, backend: string, more: object = {}) => ({
  id,
  backend,
  title: `what ${id} shows`,
  bounds: {},
  figures: {},
  ...more,
});

describe('the table of faults', () => {
  it('has a line per scenario in the order of their numbers, cases of the drivers last, and a column per backend that ran', () => {
    const table = faultsTable([record('kill-restart', 'redis'), record('R100', 'consul'), record('R9', 'redis')]);
    expect(table.split('\n').slice(2, -1)).toEqual([
      '| # | What the user must see | bounds | consul | redis |',
      '| --- | --- | --- | --- | --- |',
      '| R9 | what R9 shows |  |  | ok |',
      '| R100 | what R100 shows |  | ok |  |',
      '| kill-restart | what kill-restart shows |  |  | ok |',
    ]);
  });

  it('shows what was measured beside the bounds, in seconds', () => {
    const measured = { bounds: { detectMs: 1_000, recoverMs: 4_000 }, detectedMs: 31, recoveredMs: 2_449 };
    expect(faultsTable([record('R32', 'etcd', measured)])).toContain('| R32 | what R32 shows | 1.0 / 4.0 | 0.03 / 2.4 |');
  });

  it('says what failed, and why, and gives the other figures', () => {
    const table = faultsTable([
      record('R32', 'etcd', { recoveredMs: 9_000, failure: 'expected 9000 to be at most 4000\nand so on' }),
      record('R45', 'redis', { figures: { 'first list ms': 311, stalls: 0 } }),
    ]);
    expect(table).toContain('**failed** - / 9.0');
    expect(table).toContain('- R32 on etcd: FAILED: expected 9000 to be at most 4000\n');
    expect(table).toContain('- R45 on redis: first list ms 311, stalls 0');
  });
});
