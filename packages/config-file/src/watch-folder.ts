import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { ConfigEntry, ConfigEvent } from '@weft/core';
import type { ConfigFile, ConfigFolder } from './config-folder.js';

const POLL_MS = 200;
const SETTLE_MS = 30;
const MAX_LOOKS = 5;
const GONE = 'gone';

/**
 * A list of what the folder holds under the prefix, then changes, until the signal is aborted. The folder is looked at five
 * times a second, and at once when the system tells of a change. A change counts when it still stands 30 ms later, or when
 * the file has not come to rest in five looks: one that is half written, or that an editor moves away and back, is not seen.
 */
export async function* watchFolder(folder: ConfigFolder, prefix: string, signal: AbortSignal): AsyncGenerator<ConfigEvent> {
  const known = new Map<string, ConfigEntry>();
  const unsettled = new Map<string, Look>();
  for (const file of await folder.find(prefix)) {
    const entry = await folder.readFile(file);
    if (entry) known.set(entry.key, entry);
  }
  const hint = new ChangeHint(join(folder.path, prefix));
  const onAbort = () => hint.close();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (!signal.aborted) yield { list: [...known.values()] };
    while (!signal.aborted) {
      await hint.wait(unsettled.size > 0 ? SETTLE_MS : POLL_MS, unsettled.size === 0);
      if (signal.aborted) return;
      for (const change of settledChanges(await folder.find(prefix), known, unsettled)) {
        const event = await eventOf(change, folder, known);
        if (event) yield event;
      }
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    hint.close();
  }
}

type Change = ConfigFile | { readonly key: string; readonly revision: typeof GONE };

/** How a changed file looked last, and how often it was looked at since it changed. */
interface Look {
  readonly revision: string;
  readonly count: number;
}

/** What differs from `known` in the same way as when it was looked at last. */
function settledChanges(
  files: readonly ConfigFile[],
  known: ReadonlyMap<string, ConfigEntry>,
  unsettled: Map<string, Look>,
): readonly Change[] {
  const found = new Set(files.map(({ key }) => key));
  const changes: Change[] = files.filter(({ key, revision }) => known.get(key)?.revision !== revision);
  for (const key of known.keys()) if (!found.has(key)) changes.push({ key, revision: GONE });
  const before = new Map(unsettled);
  unsettled.clear();
  const settled = changes.filter(({ key, revision }) => {
    const last = before.get(key);
    const isSettled = last?.revision === revision || last?.count === MAX_LOOKS;
    if (!isSettled) unsettled.set(key, { revision, count: (last?.count ?? 0) + 1 });
    return isSettled;
  });
  return settled;
}

async function eventOf(change: Change, folder: ConfigFolder, known: Map<string, ConfigEntry>): Promise<ConfigEvent | undefined> {
  const { key } = change;
  const before = known.get(key);
  const entry = change.revision === GONE ? undefined : await folder.readFile(change);
  if (entry) {
    known.set(key, entry);
    return entry.text === before?.text ? undefined : { put: entry };
  }
  return known.delete(key) ? { removed: key } : undefined;
}

/**
 * Waits for a time, or until the system says that something changed in a folder; where it cannot say so, for the time.
 * Does not keep the process alive: whoever awaits a value does.
 */
class ChangeHint {
  private watcher: FSWatcher | undefined;
  private isChanged = false;
  private isClosed = false;
  private wake = () => {};

  constructor(private readonly path: string) {}

  /** @param mayBeShort whether a change ends the wait early */
  async wait(ms: number, mayBeShort: boolean): Promise<void> {
    this.attach();
    if (this.isClosed) return;
    if (!(this.isChanged && mayBeShort)) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms).unref();
        this.wake = () => {
          if (!mayBeShort && !this.isClosed) return;
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.isChanged = false;
  }

  close(): void {
    this.isClosed = true;
    this.detach();
    this.wake();
  }

  private attach(): void {
    if (this.watcher || this.isClosed) return;
    try {
      this.watcher = watch(this.path, { persistent: false }, () => {
        this.isChanged = true;
        this.wake();
      });
      this.watcher.on('error', () => this.detach());
    } catch {
      // The folder is not there yet, or the system has no watches left: looking at it is enough.
    }
  }

  private detach(): void {
    this.watcher?.close();
    this.watcher = undefined;
  }
}
