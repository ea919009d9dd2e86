import { setMaxListeners } from 'node:events';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  type Clock,
  messageOf,
  type OperationOptions,
  type RegistryDriver,
  type RegistryEvent,
  type ServiceInstance,
  WeftError,
} from '@weft/core';
import { toFileName } from './file-name.js';
import { followFolder } from './follow-folder.js';
import { ownIdentity } from './process-identity.js';
import { setAside, takeAway, touch, writeWhole } from './record-file.js';
import { ServiceFolder } from './service-folder.js';
import { instanceOf, type Sighting } from './sightings.js';
import { listOf, type Snapshot, type SnapshotEntry } from './snapshot.js';
import { formatStoredRecord } from './stored-record.js';

/**
 * A registry of files, `<folder>/<service>/<id>.json`, for the processes of one machine. A beat touches its file; a
 * reader drops a record TTL after it last saw the file change, and at once when the process that holds it has ended.
 */
export class FileRegistry implements RegistryDriver {
  readonly supports = { propagationMs: 300, ttlGranularityMs: 1, minTtlMs: 200, multiProcess: true };
  private readonly own = ownIdentity();
  private readonly closing = new AbortController();
  private readonly folders = new Map<string, ServiceFolder>();
  /** What this process has written, by path. */
  private readonly written = new Map<string, { readonly text: string; readonly stamp: string }>();

  constructor(
    private readonly root: string,
    private readonly clock: Clock,
  ) {
    setMaxListeners(0, this.closing.signal);
  }

  /** Makes the folder if that is possible now. */
  async prepare(): Promise<void> {
    await mkdir(this.root, { recursive: true, mode: 0o700 }).catch(() => {});
  }

  async put(
    self: ServiceInstance,
    { ttlMs, signal }: OperationOptions & { readonly ttlMs: number },
  ): Promise<{ readonly ttlMs: number }> {
    await this.use(async () => {
      const path = this.folderOf(self.name).fileOf(self.id);
      const text = formatStoredRecord({ ...this.own, ttlMs, instance: self });
      const stamp = (await this.beat(path, text)) ?? (await this.write(path, text, self, signal));
      if (stamp !== undefined) this.written.set(path, { text, stamp });
    });
    return { ttlMs };
  }

  async remove({
    name,
    id,
    incarnation,
  }: {
    readonly name: string;
    readonly id: string;
    readonly incarnation?: string;
  }): Promise<void> {
    await this.use(async () => {
      const folder = this.folderOf(name);
      const held = await folder.find(id);
      const path = folder.fileOf(id);
      this.written.delete(path);
      if (!held || (incarnation !== undefined && (held.record?.instance.incarnation ?? incarnation) !== incarnation)) return;
      const isLeaving = held.record?.instance.status === 'draining';
      await (isLeaving ? setAside : takeAway)(path, held.stamp);
      folder.forget(id);
    });
  }

  async list(name: string | undefined): Promise<readonly ServiceInstance[]> {
    return listOf(await this.snapshot(name));
  }

  watch(name: string | undefined, { signal }: OperationOptions): AsyncIterable<RegistryEvent> {
    const path = name === undefined ? this.root : this.folderOf(name).path;
    return followFolder(path, () => this.snapshot(name), { clock: this.clock, signals: [signal, this.closing.signal] });
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.written.clear();
    this.folders.clear();
  }

  private async beat(path: string, text: string): Promise<string | undefined> {
    const mine = this.written.get(path);
    return mine?.text === text ? touch(path, mine.stamp).catch(() => undefined) : undefined;
  }

  private async write(path: string, text: string, self: ServiceInstance, signal: AbortSignal): Promise<string | undefined> {
    const folder = this.folderOf(self.name);
    await folder.tidyOnce();
    const held = await folder.find(self.id);
    const holder = held?.record?.instance;
    if (holder && holder.incarnation > self.incarnation) {
      throw new WeftError(
        'WEFT_CONFLICT',
        `"${self.id}" of "${self.name}" is held by a newer instance at ${String(holder.host)}`,
      );
    }
    return writeWhole(path, text, signal);
  }

  private snapshot(name: string | undefined): Promise<Snapshot> {
    return this.use(async () => {
      const folders = name === undefined ? await this.allFolders() : [this.folderOf(name)];
      const snapshot = new Map<string, SnapshotEntry>();
      for (const folder of folders) {
        for (const [id, sighting] of await this.read(folder)) {
          const { text, hasLeft } = sighting;
          snapshot.set(`${folder.path}\n${id}`, { instance: instanceOf(sighting, folder.name, id), text, hasLeft });
        }
      }
      return snapshot;
    });
  }

  /** No folder of the service is an empty list; no folder at all is a registry that is not there. */
  private async read(folder: ServiceFolder): Promise<ReadonlyMap<string, Sighting>> {
    const records = await folder.read();
    if (records) return records;
    // Services that do not exist are asked for by any name: nothing may be kept of them.
    this.folders.delete(basename(folder.path));
    if (!(await stat(this.root)).isDirectory()) throw new Error('not a folder');
    return new Map();
  }

  private async allFolders(): Promise<ServiceFolder[]> {
    const entries = await readdir(this.root, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => this.folderNamed(entry.name));
  }

  private folderOf(service: string): ServiceFolder {
    return this.folderNamed(toFileName(service));
  }

  private folderNamed(name: string): ServiceFolder {
    const folder = this.folders.get(name) ?? new ServiceFolder(join(this.root, name), this.own, this.clock);
    this.folders.set(name, folder);
    return folder;
  }

  private async use<T>(operation: () => Promise<T>): Promise<T> {
    if (this.closing.signal.aborted) throw new WeftError('WEFT_CLOSED', 'the file registry is closed');
    try {
      return await operation();
    } catch (error) {
      if (error instanceof WeftError) throw error;
      const message = `the registry folder cannot be used: ${messageOf(error)}`;
      throw new WeftError('WEFT_REGISTRY_UNAVAILABLE', message, { cause: error, failure: 'refused' });
    }
  }
}
