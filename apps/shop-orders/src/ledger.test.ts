import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedger } from './ledger.js';

const order = (id: string) => ({ id, userId: '7', items: ['tea'], number: 'n-1' });

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-ledger-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('openLedger', () => {
  it.each(['a folder', 'memory'])('enters an order once per key, in %s', async (where) => {
    const ledger = await openLedger(where === 'memory' ? undefined : folder);
    expect(await ledger.enter('a', order('first'))).toEqual(order('first'));
    expect(await ledger.enter('a', order('second'))).toEqual(order('first'));
    expect(await ledger.enter('b', order('third'))).toEqual(order('third'));
  });

  it('lets one of two processes enter that come at once with one key', async () => {
    const two = await Promise.all([openLedger(folder), openLedger(folder)]);
    const entered = await Promise.all(
      two.flatMap((ledger, at) => [0, 2].map((more) => ledger.enter('a', order(`${at + more}`)))),
    );
    expect(new Set(entered.map(({ id }) => id)).size).toBe(1);
    expect((await readdir(join(folder, 'orders'))).length).toBe(1);
    expect(await readdir(join(folder, 'drafts'))).toEqual([]);
  });

  it('notes each time that it was asked', async () => {
    const ledger = await openLedger(folder);
    await ledger.enter('a', order('first'));
    await ledger.enter('a', order('second'));
    expect(await readFile(join(folder, 'asked'), 'utf8')).toBe('n-1\nn-1\n');
  });
});
