import { createHash, randomUUID } from 'node:crypto';
import { appendFile, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An order that was placed. */
export interface Order {
  readonly id: string;
  readonly userId: string;
  readonly items: readonly string[];
  /** What the customer's side calls it. */
  readonly number?: string | undefined;
}

/** Where orders stand for good. It stands for a database with a unique key: what is entered there outlives the process. */
export interface Ledger {
  /** Enters an order, once per key: who comes again with the same key gets what was entered first. */
  enter(key: string, order: Order): Promise<Order>;
}

const MOST_IN_MEMORY = 10_000;

/** A ledger in a folder that processes share; without a folder one that ends with the process. */
export async function openLedger(folder: string | undefined): Promise<Ledger> {
  if (!folder) return ledgerInMemory();
  await Promise.all(['orders', 'drafts'].map((part) => mkdir(join(folder, part), { recursive: true })));
  return { enter: (key, order) => enter(folder, key, order) };
}

function ledgerInMemory(): Ledger {
  const orders = new Map<string, Order>();
  return {
    async enter(key, order) {
      const entered = orders.get(key) ?? order;
      orders.set(key, entered);
      for (const oldest of orders.keys()) {
        if (orders.size <= MOST_IN_MEMORY) break;
        orders.delete(oldest);
      }
      return entered;
    },
  };
}

/** `link` makes the whole file appear or fails because it is there: of two processes with one key one alone enters. */
async function enter(folder: string, key: string, order: Order): Promise<Order> {
  await appendFile(join(folder, 'asked'), `${order.number ?? ''}\n`);
  const draft = join(folder, 'drafts', randomUUID());
  const file = join(folder, 'orders', createHash('sha256').update(key).digest('hex'));
  await writeFile(draft, JSON.stringify(order));
  try {
    await link(draft, file);
    return order;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return JSON.parse(await readFile(file, 'utf8')) as Order;
  } finally {
    await rm(draft, { force: true });
  }
}
