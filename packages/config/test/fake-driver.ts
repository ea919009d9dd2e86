import { type ConfigDriver, type ConfigEntry, type ConfigEvent, WeftError, type WriteOptions } from '@weft/core';

/** A backend in memory that can be told to fail, to hang and to break its streams. */
export class FakeDriver implements ConfigDriver {
  readonly supports = { propagationMs: 0, multiProcess: false, history: false, compareAndSet: true };
  readonly entries = new Map<string, ConfigEntry>();
  /** How many streams were opened. */
  streams = 0;
  /** How many single reads were made. */
  reads = 0;
  isClosed = false;
  /** Every operation fails while it is `down`, and none ends while it is `hung`. */
  state: 'up' | 'down' | 'hung' = 'up';
  private reason = down();
  private revision = 0;
  private readonly open = new Set<(event: ConfigEvent | Error) => void>();

  /** Writes as somebody else would. */
  put(key: string, text: string): void {
    const entry = { key, text, revision: String(++this.revision) };
    this.entries.set(key, entry);
    for (const tell of this.open) tell({ put: entry });
  }

  /** Removes as somebody else would. */
  drop(key: string): void {
    if (this.entries.delete(key)) for (const tell of this.open) tell({ removed: key });
  }

  /** Breaks all streams, and everything from then on; with `reason`, if given. */
  goDown(reason = down()): void {
    this.state = 'down';
    this.reason = reason;
    for (const tell of this.open) tell(reason);
  }

  async get(key: string): Promise<ConfigEntry | undefined> {
    this.reads++;
    await this.answer();
    return this.entries.get(key);
  }

  async set(key: string, text: string, { ifRevision }: WriteOptions): Promise<void> {
    await this.answer();
    if (ifRevision !== undefined && ifRevision !== (this.entries.get(key)?.revision ?? null)) {
      throw new WeftError('WEFT_CONFLICT', `${key} has another revision`);
    }
    this.put(key, text);
  }

  async remove(key: string): Promise<void> {
    await this.answer();
    this.drop(key);
  }

  async list(): Promise<readonly ConfigEntry[]> {
    await this.answer();
    return [...this.entries.values()];
  }

  async *watch(_prefix: string, { signal }: { readonly signal: AbortSignal }): AsyncIterable<ConfigEvent> {
    this.streams++;
    await this.answer();
    const events: (ConfigEvent | Error)[] = [{ list: [...this.entries.values()] }];
    let wake = () => {};
    const tell = (event: ConfigEvent | Error) => {
      events.push(event);
      wake();
    };
    this.open.add(tell);
    signal.addEventListener('abort', () => wake());
    try {
      while (!signal.aborted) {
        const event = events.shift();
        if (event instanceof Error) throw event;
        if (event) yield event;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.open.delete(tell);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  private async answer(): Promise<void> {
    if (this.state === 'down') throw this.reason;
    if (this.state === 'hung') await new Promise(() => {});
  }
}

function down(): WeftError {
  return new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'connect refused', { failure: 'refused' });
}
