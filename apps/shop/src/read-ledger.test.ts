import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readLedger } from './read-ledger.js';

describe('readLedger', () => {
  it("counts by the customer's number, not by the key, and leaves out what has none", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'weft-ledger-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await mkdir(join(folder, 'orders'));
    const entries = [
      ['a', 'n-1'],
      ['b', 'n-1'],
      ['c', 'n-2'],
      ['d', undefined],
    ] as const;
    await Promise.all(
      entries.map(([key, number]) => writeFile(join(folder, 'orders', key), JSON.stringify({ id: key, number }))),
    );
    await writeFile(join(folder, 'asked'), 'n-1\nn-1\n\nn-2\nn-2\n');
    const { entered, asked } = await readLedger(folder);
    expect([...entered].sort()).toEqual([
      ['n-1', 2],
      ['n-2', 1],
    ]);
    expect([...asked].sort()).toEqual([
      ['n-1', 2],
      ['n-2', 2],
    ]);
  });
});
