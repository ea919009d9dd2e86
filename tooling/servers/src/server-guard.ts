import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Ends a server and removes its folder when the process that started it is gone, however it went: a shell of its own
 * session waits for the end of a pipe that only we hold open.
 */
export class ServerGuard {
  readonly #pidFile: string;
  readonly #shell: ChildProcess;

  /** @param folder the server's; it goes with the server */
  constructor(folder: string) {
    this.#pidFile = join(folder, 'server.pid');
    this.#shell = spawn('/bin/sh', ['-c', script, 'weft-server-guard', this.#pidFile, folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.#shell.stdin?.on('error', () => undefined);
    this.#shell.unref();
  }

  /** From now on this process is the server. */
  watch(pid: number): void {
    writeFileSync(this.#pidFile, String(pid));
  }

  /** The server is gone: its number may become somebody else's. */
  forget(): void {
    rmSync(this.#pidFile, { force: true });
  }

  /** Ends the guard itself, and removes the folder. */
  async close(): Promise<void> {
    if (this.#shell.exitCode !== null || this.#shell.signalCode !== null) return;
    const gone = once(this.#shell, 'exit');
    this.#shell.ref();
    this.#shell.stdin?.end();
    await gone;
  }
}

/** A killed server may still be writing for a moment, and a folder that is written to is not removed. */
const script = `read -r _
if server=$(cat "$1" 2>/dev/null); then
  kill -9 "$server"
  for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$server" && sleep 0.05; done
fi
rm -rf "$2"`;
