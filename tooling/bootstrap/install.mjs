import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, toolEnv } from './paths.mjs';
import { captureCommand } from './run-command.mjs';

/** Says what the installed dependencies were made from. Written last, so that an interrupted install counts as none. */
const stampFile = join(root, 'node_modules', '.weft-installed');

/**
 * Installs the locked dependencies, unless exactly these are there already.
 * Through npx, because npm comes with Node while pnpm and a working corepack need not be there.
 * @returns {Promise<number>} exit code
 */
export async function ensureInstalled() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const wanted = fingerprint(packageManager);
  if (read(stampFile) === wanted) return 0;

  process.stderr.write('Installing dependencies (first run, or the lockfile changed) ...\n');
  const args = ['--yes', '--prefer-offline', packageManager, 'install', '--frozen-lockfile', '--prefer-offline'];
  const { code, output } = await captureCommand('npx', args, { env: { ...toolEnv(), CI: 'true' } });
  if (code !== 0) {
    process.stderr.write(
      `${output}\nInstalling failed (exit code ${code}). The first run needs a package registry or warm caches.\n`,
    );
    return code;
  }
  writeFileSync(stampFile, wanted);
  return 0;
}

/**
 * @param {string} packageManager name@version
 */
function fingerprint(packageManager) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'pnpm-lock.yaml')));
  for (const part of [packageManager, process.versions.modules, process.platform, process.arch]) hash.update(`\n${part}`);
  return hash.digest('hex');
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
