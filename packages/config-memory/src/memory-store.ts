import { type ConfigEntry, type ConfigEvent, WeftError } from '@weft/core';

const HISTORY_ENTRIES = 20;

/** Texts under keys, within the process. */
export class MemoryStore {
  private readonly entries = new Map<string, ConfigEntry>();
  private readonly past = new Map<string, readonly ConfigEntry[]>();
  private readonly readers = new Set<(key: string, event: ConfigEvent) => void>();
  private revision = 0;

  /** What stands under the key. */
  get(key: string): ConfigEntry | undefined {
    return this.entries.get(key);
  }

  /** Writes, and tells every reader. @throws WEFT_CONFLICT when the value has another revision than `ifRevision` */
  set(key: string, text: string, ifRevision?: string | null): void {
    const revision = this.entries.get(key)?.revision ?? null;
    if (ifRevision !== undefined && ifRevision !== revision) {
      const found = revision === null ? 'does not exist' : `has revision "${revision}"`;
      const wanted = ifRevision === null ? 'it not to exist' : `revision "${ifRevision}"`;
      throw new WeftError('WEFT_CONFLICT', `config key ${JSON.stringify(key)} ${found}; expected ${wanted}`);
    }
    const entry = { key, text, revision: String(++this.revision) };
    this.entries.set(key, entry);
    this.past.set(key, [entry, ...this.history(key)].slice(0, HISTORY_ENTRIES));
    for (const tell of this.readers) tell(key, { put: entry });
  }

  /** Removes, and tells every reader; the history stays. */
  remove(key: string): void {
    if (!this.entries.delete(key)) return;
    for (const tell of this.readers) tell(key, { removed: key });
  }

  /** What stands under the prefix and below it. */
  list(prefix: string): readonly ConfigEntry[] {
    return [...this.entries.values()].filter(({ key }) => isBelow(key, prefix));
  }

  /** The last 20 texts of a key, newest first. */
  history(key: string): readonly ConfigEntry[] {
    return this.past.get(key) ?? [];
  }

  /** A list, then changes until the signal is aborted. Of what a slow reader missed it gets the newest of each key. */
  async *watch(prefix: string, signal: AbortSignal): AsyncGenerator<ConfigEvent> {
    const unread = new Map<string, ConfigEvent>();
    let wake = () => {};
    const tell = (key: string, event: ConfigEvent) => {
      if (!isBelow(key, prefix)) return;
      unread.delete(key);
      unread.set(key, event);
      wake();
    };
    const onAbort = () => wake();
    this.readers.add(tell);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      if (!signal.aborted) yield { list: this.list(prefix) };
      while (!signal.aborted) {
        const [next] = unread;
        if (next) {
          unread.delete(next[0]);
          yield next[1];
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.readers.delete(tell);
    }
  }
}

const registered = Symbol.for('weft.config-memory');
const shared = globalThis as typeof globalThis & { [registered]?: Map<string, MemoryStore> };

/** The store of that name, the same one for every copy of this package in the process. */
export function memoryStore(address: string): MemoryStore {
  shared[registered] ??= new Map();
  const store = shared[registered].get(address) ?? new MemoryStore();
  shared[registered].set(address, store);
  return store;
}

function isBelow(key: string, prefix: string): boolean {
  return prefix === '' || key === prefix || key.startsWith(`${prefix}/`);
}
