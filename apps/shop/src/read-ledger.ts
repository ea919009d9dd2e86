import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the ledger of orders shows by the numbers that the customers' side gave. */
export interface LedgerCounts {
  /** How often each order was entered: its effects. */
  readonly entered: ReadonlyMap<string, number>;
  /** How often handlers came to the ledger with each: once more than entered when a try found what an earlier one had done. */
  readonly asked: ReadonlyMap<string, number>;
}

/** Counts what `orders` has entered in a folder, whichever process did it. */
export async function readLedger(folder: string): Promise<LedgerCounts> {
  const entries = join(folder, 'orders');
  const texts = await Promise.all((await readdir(entries)).map((name) => readFile(join(entries, name), 'utf8')));
  const asked = await readFile(join(folder, 'asked'), 'utf8');
  return {
    entered: countOf(texts.map((text) => (JSON.parse(text) as { readonly number?: string }).number ?? '')),
    asked: countOf(asked.split('\n')),
  };
}

function countOf(numbers: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const number of numbers) if (number !== '') counts.set(number, (counts.get(number) ?? 0) + 1);
  return counts;
}
