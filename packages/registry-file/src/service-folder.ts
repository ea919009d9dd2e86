import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Clock } from '@weft/core';
import { fromFileName, toFileName } from './file-name.js';
import { livenessCheck, type ProcessIdentity } from './process-identity.js';
import { isMissing, LEFT_SUFFIX, RECORD_SUFFIX, readText, stampOf, TEMPORARY_SUFFIX, takeAway } from './record-file.js';
import { isAbandoned, isNobodys, isOver, type Sighting, sight } from './sightings.js';

const FILES_AT_ONCE = 32;
const READS_AT_MOST = 3;

/** The folder of one service as this process reads it: remembers when it saw each file change. */
export class ServiceFolder {
  /** By file name. */
  private readonly seen = new Map<string, Sighting>();
  private isRead = false;

  constructor(
    /** Where it is; need not exist. */
    readonly path: string,
    private readonly own: ProcessIdentity,
    private readonly clock: Clock,
  ) {}

  /** The service, as well as the folder's name tells it. */
  get name(): string {
    return fromFileName(basename(this.path));
  }

  /** Where the record of an id is. */
  fileOf(id: string): string {
    return join(this.path, this.fileNameOf(id));
  }

  /** The live records, those that have just left and whatever is no record, by id; undefined when there is no such folder. */
  async read(): Promise<ReadonlyMap<string, Sighting> | undefined> {
    for (let tries = 1; ; tries++) {
      const { live, isTorn } = await this.readOnce();
      if (!isTorn || tries === READS_AT_MOST) return live;
    }
  }

  /** `isTorn` when a file went while it was read: its record may have been set aside under a name that was not listed yet. */
  private async readOnce(): Promise<{ live: ReadonlyMap<string, Sighting> | undefined; isTorn: boolean }> {
    const files = await this.files();
    if (!files) return { live: undefined, isTorn: false };
    let isTorn = false;
    this.isRead = true;
    const there = new Set(files);
    for (const file of this.seen.keys()) if (!there.has(file)) this.seen.delete(file);
    const live = new Map<string, Sighting>();
    const isGone = livenessCheck(this.own);
    for (let at = 0; at < files.length; at += FILES_AT_ONCE) {
      const some = files.slice(at, at + FILES_AT_ONCE);
      const sightings = await Promise.all(some.map((file) => this.look(file)));
      for (const [index, file] of some.entries()) {
        const sighting = sightings[index];
        if (!sighting) isTorn = true;
        if (!sighting || (await this.tidy(file, sighting, isGone))) continue;
        const id = idOf(file);
        if (!(sighting.hasLeft && live.has(id))) live.set(id, sighting);
      }
    }
    return { live, isTorn };
  }

  /** Removes what earlier processes left behind, once: nobody else may ever read the folder. */
  async tidyOnce(): Promise<void> {
    if (!this.isRead) await this.read();
  }

  /** The record of one id, if it is live. */
  async find(id: string): Promise<Sighting | undefined> {
    const sighting = await this.look(this.fileNameOf(id));
    return sighting && !isOver(sighting, this.clock.now(), livenessCheck(this.own)) ? sighting : undefined;
  }

  /** Remembers nothing of an id whose record was removed. */
  forget(id: string): void {
    this.seen.delete(this.fileNameOf(id));
  }

  private async files(): Promise<string[] | undefined> {
    try {
      const names = await readdir(this.path);
      return names.filter((name) => name.endsWith(RECORD_SUFFIX) || name.endsWith(TEMPORARY_SUFFIX));
    } catch (error) {
      // Who could not look cannot know what changed meanwhile: every record gets its whole time anew (R29).
      this.seen.clear();
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  private async look(file: string): Promise<Sighting | undefined> {
    const path = join(this.path, file);
    const before = this.seen.get(file);
    const stamp = await stampOf(path);
    if (stamp === undefined || stamp === before?.stamp) return stamp === undefined ? undefined : before;
    const hasLeft = file.endsWith(LEFT_SUFFIX);
    const text = file.endsWith(TEMPORARY_SUFFIX) && !hasLeft ? '' : await readText(path);
    if (text === undefined) return undefined;
    const sighting = sight(stamp, text, this.clock.now(), hasLeft);
    this.seen.set(file, sighting);
    return sighting;
  }

  /** Whether the file is not to be listed. What is over, or was begun and given up, is removed on the way. */
  private async tidy(file: string, sighting: Sighting, isGone: (holder: ProcessIdentity) => boolean): Promise<boolean> {
    const path = join(this.path, file);
    const nowMs = this.clock.now();
    if (file.endsWith(TEMPORARY_SUFFIX)) {
      const isOld = isAbandoned(sighting, nowMs);
      if (isOld) await rm(path, { force: true }).catch(() => {});
      return isOld || !sighting.hasLeft;
    }
    if (!isOver(sighting, nowMs, isGone)) return isNobodys(sighting, nowMs);
    await takeAway(path, sighting.stamp).catch(() => {});
    return true;
  }

  private fileNameOf(id: string): string {
    return `${toFileName(id)}${RECORD_SUFFIX}`;
  }
}

function idOf(file: string): string {
  return fromFileName(file.slice(0, -(file.endsWith(LEFT_SUFFIX) ? LEFT_SUFFIX : RECORD_SUFFIX).length));
}
