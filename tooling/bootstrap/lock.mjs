import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './paths.mjs';

/** In node_modules, because that folder is ours and nobody commits it; the package manager leaves dot files there alone. */
const lockFile = join(root, 'node_modules', '.weft-lock');

/**
 * Runs `work` while no other start of this checkout does. A lock whose owner is dead is taken over.
 * @template T
 * @param {() => Promise<T>} work
 * @param {string} [file] the lock
 * @returns {Promise<T>}
 */
export async function withLock(work, file = lockFile) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${process.pid} ${randomUUID()}`;
  for (let waited = false; !create(file, mine); waited = true) {
    const owner = read(file);
    if (owner && !isAlive(owner)) takeAway(file, owner);
    else {
      if (!waited)
        process.stderr.write(`Waiting for process ${owner.split(' ')[0]}, which is preparing this checkout (${file}) ...\n`);
      await sleep(200);
    }
  }
  try {
    return await work();
  } finally {
    if (read(file) === mine) rmSync(file, { force: true });
  }
}

/**
 * Only the one who creates the dead owner's marker may remove its lock, and only if it is still there: a slow second
 * finder would otherwise remove the lock of the next owner.
 * @param {string} file the lock
 * @param {string} owner its content
 */
function takeAway(file, owner) {
  const marker = `${file}-dead-${owner.split(' ')[1]}`;
  if (!create(marker, '')) return;
  if (read(file) === owner) rmSync(file, { force: true });
  rmSync(marker, { force: true });
}

/**
 * @param {string} path
 * @param {string} content
 */
function create(path, content) {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** @param {string} owner the content of a lock: a process id, a space, a unique word */
function isAlive(owner) {
  try {
    process.kill(Number.parseInt(owner, 10), 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
