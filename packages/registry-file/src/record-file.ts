import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const MAX_BYTES = 1_048_576;
const UNREADABLE: readonly unknown[] = ['EACCES', 'EPERM'];
/** A link that leads nowhere is no file. */
const MISSING: readonly unknown[] = ['ENOENT', 'ELOOP'];

/** End of the names of records. */
export const RECORD_SUFFIX = '.json';
/** End of the names of records that have left on purpose: so that a reader who looks a moment later knows that they did. */
export const LEFT_SUFFIX = '.left.tmp';
/** End of the names of files that are being written or taken away; readers leave them alone. */
export const TEMPORARY_SUFFIX = '.tmp';

/** What tells one state of a file from the next; undefined when there is no file. */
export async function stampOf(path: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** When the file of a stamp was changed, in ms since 1970 on the clock of its file system. */
export function changedAtOf(stamp: string): number {
  return Number(stamp.split(' ')[2]) / 1e6;
}

/** The text of a file; undefined when there is none, empty when it cannot be a record's or cannot be read. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    const file = await stat(path);
    return !file.isFile() || file.size > MAX_BYTES ? '' : await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (UNREADABLE.includes((error as NodeJS.ErrnoException).code)) return '';
    throw error;
  }
}

/**
 * Puts a text in place in one step, so that no reader ever sees half of it, whenever the writer is killed. Resolves to
 * the stamp of the new file. An aborted one leaves nothing behind.
 */
export async function writeWhole(path: string, text: string, signal: AbortSignal): Promise<string | undefined> {
  const temporary = temporaryBeside(path);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await writeFile(temporary, text, { flag: 'wx', mode: 0o600, signal });
    const stamp = await stampOf(temporary);
    signal.throwIfAborted();
    await rename(temporary, path);
    return stamp;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Sets a file's time to now if its stamp is still `stamp`. Resolves to the new stamp, or undefined when it is another file now. */
export async function touch(path: string, stamp: string): Promise<string | undefined> {
  if ((await stampOf(path)) !== stamp) return undefined;
  const now = new Date();
  await utimes(path, now, now);
  const touched = await stampOf(path);
  return touched !== undefined && inodeOf(touched) === inodeOf(stamp) ? touched : undefined;
}

/** Removes a file if its stamp is still `stamp`; one that came in its place meanwhile is put back. */
export async function takeAway(path: string, stamp: string): Promise<void> {
  const temporary = temporaryBeside(path);
  await moveAway(path, stamp, temporary).finally(() => rm(temporary, { force: true }));
}

/** As `takeAway`, and leaves the file under another name, for readers to see and to remove. */
export async function setAside(path: string, stamp: string): Promise<void> {
  const aside = path.slice(0, -RECORD_SUFFIX.length) + LEFT_SUFFIX;
  if (!(await moveAway(path, stamp, aside))) await rm(aside, { force: true });
}

/** Whether what was moved is what was meant; if not, it is back in its place too. */
async function moveAway(path: string, stamp: string, temporary: string): Promise<boolean> {
  try {
    await rename(path, temporary);
    if ((await stampOf(temporary)) === stamp) return true;
    await link(temporary, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && !isMissing(error)) throw error;
  }
  return false;
}

/** Whether an error says that there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return MISSING.includes((error as NodeJS.ErrnoException).code);
}

function temporaryBeside(path: string): string {
  return join(dirname(path), `.${process.pid}-${randomUUID()}${TEMPORARY_SUFFIX}`);
}

function inodeOf(stamp: string): string | undefined {
  return stamp.split(' ')[0];
}
