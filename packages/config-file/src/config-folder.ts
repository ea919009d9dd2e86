import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { type ConfigEntry, messageOf, WeftError } from '@weft/core';
import { isScratch, parseFileKey, placeFor, placesOf } from './file-key.js';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP']);

/** A file that holds a value. */
export interface ConfigFile {
  /** Its path below the folder, parts joined by `/`. */
  readonly key: string;
  /** Changes with each change of the file. */
  readonly revision: string;
}

/** Texts in files: a key is a path below the folder. No path, and no link, leads out of it. */
export class ConfigFolder {
  /** @param path absolute; need not exist */
  constructor(readonly path: string) {}

  /** What the key's file holds, or the one of the same name with a suffix. */
  async read(key: string): Promise<ConfigEntry | undefined> {
    const file = await this.locate(key);
    return file && this.readFile(file);
  }

  /** What a file that was found holds now; undefined when it has gone. */
  async readFile({ key, revision }: ConfigFile): Promise<ConfigEntry | undefined> {
    const text = await unlessAbsent(() => readFile(this.fileOf(key), 'utf8'));
    return text === undefined ? undefined : { key, text: text.replace(/^\uFEFF/, ''), revision };
  }

  /** Replaces the file at once, so that no reader sees half of it. */
  async write(key: string, text: string): Promise<void> {
    const place = (await this.locate(key))?.key ?? placeFor(key, text);
    const target = this.fileOf(place);
    const folder = dirname(target);
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    if (!(await this.isInside(folder))) throw new WeftError('WEFT_INVALID_ARGUMENT', `"${key}" leads out of the config folder`);
    const draft = join(folder, `.${basename(target)}.${randomUUID()}.tmp`);
    try {
      await writeFile(draft, text, { flag: 'wx', mode: FILE_MODE });
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** Removes the key's file, or the one of the same name with a suffix; none is no error. */
  async remove(key: string): Promise<void> {
    const file = await this.locate(key);
    if (file) await rm(this.fileOf(file.key), { force: true });
  }

  /** All files under the prefix and below it. */
  async find(prefix: string): Promise<readonly ConfigFile[]> {
    await this.refuseWhatIsNoFolder();
    if (prefix === '') return this.below('');
    const own = await this.fileAt(parseFileKey(prefix));
    const below = (await this.isInside(this.fileOf(prefix))) ? await this.below(prefix) : [];
    return own ? [own, ...below] : below;
  }

  private async below(prefix: string): Promise<readonly ConfigFile[]> {
    const children = (await unlessAbsent(() => readdir(this.fileOf(prefix), { withFileTypes: true }))) ?? [];
    const found = children.map(async (child): Promise<readonly ConfigFile[]> => {
      if (isScratch(child.name)) return [];
      const key = prefix === '' ? child.name : `${prefix}/${child.name}`;
      if (child.isDirectory()) return this.below(key);
      const file = await (child.isFile() ? this.plainFileAt(key) : this.fileAt(key));
      return file ? [file] : [];
    });
    return (await Promise.all(found)).flat();
  }

  private async locate(key: string): Promise<ConfigFile | undefined> {
    await this.refuseWhatIsNoFolder();
    for (const place of placesOf(parseFileKey(key))) {
      const file = await this.fileAt(place);
      if (file) return file;
    }
    return undefined;
  }

  /** A folder that is not there yet is empty; something else in its place is a config center that is away. */
  private async refuseWhatIsNoFolder(): Promise<void> {
    const found = await unlessAbsent(() => stat(this.path));
    if (found && !found.isDirectory()) throw new Error(`${this.path} is no folder`);
  }

  private async fileAt(key: string): Promise<ConfigFile | undefined> {
    const file = await this.plainFileAt(key);
    return file && (await this.isInside(this.fileOf(key))) ? file : undefined;
  }

  /** As `fileAt`, for a key that is known to be reached without a link: a folder is looked at five times a second. */
  private async plainFileAt(key: string): Promise<ConfigFile | undefined> {
    const found = await unlessAbsent(() => stat(this.fileOf(key)));
    if (!found?.isFile()) return undefined;
    return { key, revision: `${found.ino}-${found.size}-${found.mtimeMs}` };
  }

  private async isInside(path: string): Promise<boolean> {
    const real = await unlessAbsent(() => Promise.all([realpath(path), realpath(this.path)]));
    return real !== undefined && (real[0] === real[1] || real[0].startsWith(real[1] + sep));
  }

  private fileOf(key: string): string {
    return join(this.path, ...key.split('/'));
  }
}

/** A failure of the file system as the error that all drivers use. */
export function unavailable(error: unknown): WeftError {
  if (error instanceof WeftError) return error;
  return new WeftError('WEFT_REGISTRY_UNAVAILABLE', `the config folder does not answer: ${messageOf(error)}`, {
    cause: error,
    failure: 'refused',
  });
}

async function unlessAbsent<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && ABSENT.has(String(error.code))) return undefined;
    throw error;
  }
}
