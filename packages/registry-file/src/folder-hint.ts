import { type FSWatcher, watch } from 'node:fs';

/**
 * Says early that something in a folder may have changed, where the file system can tell. Only a hint: it misses what it
 * misses, and the poll is the truth. Beats are no such change: they touch files, and changes rename them.
 */
export class FolderHint {
  private watcher: FSWatcher | undefined;

  constructor(
    private readonly path: string,
    private readonly onHint: () => void,
  ) {}

  /** Attaches to the folder if it is there and this is not attached to it already. */
  attach(): void {
    if (this.watcher) return;
    try {
      const watcher = watch(this.path, { persistent: false }, (kind, file) => {
        if (file === null || this.path.endsWith(`/${file}`)) this.close();
        if (kind === 'rename') this.onHint();
      });
      watcher.on('error', () => this.close());
      this.watcher = watcher;
    } catch {
      this.watcher = undefined;
    }
  }

  /** Lets go of the folder. Idempotent. */
  close(): void {
    this.watcher?.close();
    this.watcher = undefined;
  }
}
