import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { epochMs, messageOf, type Timer } from '@weft/core';
import { parseInstance } from './parse-instance.js';
import type { RegistryContext } from './registry-context.js';
import type { ServiceInfo } from './service-info.js';

const WRITE_AFTER_MS = 1_000;
const MAX_BYTES = 67_108_864;
const VERSION = 1;

/**
 * The last lists of a process in a file, for the next one that starts while the registry is down. Read once, when the
 * first service is looked at; written in one step, a second after a change. A file that is not of this form, or holds one
 * bad record, is ignored as a whole with one warning: it can only harm.
 */
export class SnapshotFile {
  private readonly path: string;
  private lists: Map<string, readonly ServiceInfo[]> | undefined;
  private timer: Timer | undefined;
  private writing: Promise<void> = Promise.resolve();
  private isFailing = false;

  /** @param path need not exist yet */
  constructor(
    path: string,
    private readonly context: RegistryContext,
  ) {
    this.path = resolve(path);
  }

  /** The instances that a service had last, of every status. */
  find(name: string): readonly ServiceInfo[] | undefined {
    return this.kept().get(name);
  }

  /** Keeps what a service has now. */
  keep(name: string, instances: readonly ServiceInfo[]): void {
    const lists = this.kept();
    if (lists.get(name) === instances) return;
    if (instances.length > 0) lists.set(name, instances);
    else if (!lists.delete(name)) return;
    this.timer ??= this.context.clock.setTimer(WRITE_AFTER_MS, () => {
      this.timer = undefined;
      this.write();
    });
  }

  /** Writes what is not written yet. Idempotent. */
  async close(): Promise<void> {
    if (this.timer) this.write();
    this.timer?.cancel();
    this.timer = undefined;
    await this.writing;
  }

  private kept(): Map<string, readonly ServiceInfo[]> {
    this.lists ??= this.read();
    return this.lists;
  }

  private read(): Map<string, readonly ServiceInfo[]> {
    try {
      const file = statSync(this.path, { throwIfNoEntry: false });
      if (!file) return new Map();
      if (!file.isFile()) throw new Error('it is no file');
      if (file.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
      return parseSnapshot(JSON.parse(readFileSync(this.path, 'utf8')));
    } catch (error) {
      const facts = { file: this.path, error: messageOf(error) };
      this.context.logger.warn('the snapshot file of the registry is not usable and is ignored', facts);
      return new Map();
    }
  }

  private write(): void {
    const instances = [...this.kept().values()].flat();
    const text = JSON.stringify({ version: VERSION, writtenAt: new Date(epochMs()).toISOString(), instances });
    this.writing = this.writing
      .then(() => this.replace(text))
      .then(
        () => {
          this.isFailing = false;
        },
        (error: unknown) => {
          const facts = { file: this.path, error: messageOf(error) };
          if (!this.isFailing) this.context.logger.warn('the snapshot file of the registry cannot be written', facts);
          this.isFailing = true;
        },
      );
  }

  private async replace(text: string): Promise<void> {
    const draft = `${this.path}.${randomUUID()}.tmp`;
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    try {
      await writeFile(draft, text, { flag: 'wx', mode: 0o600 });
      await rename(draft, this.path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}

/** @throws WEFT_INVALID_ARGUMENT or another error when it is none */
function parseSnapshot(value: unknown): Map<string, readonly ServiceInfo[]> {
  const { version, instances } = (value ?? {}) as { readonly version?: unknown; readonly instances?: unknown };
  if (version !== VERSION || !Array.isArray(instances)) throw new Error(`expected { version: ${VERSION}, instances: [...] }`);
  const lists = new Map<string, ServiceInfo[]>();
  for (const record of instances) {
    const instance = parseInstance(record);
    const list = lists.get(instance.name) ?? [];
    lists.set(instance.name, list);
    list.push(instance);
  }
  return lists;
}
