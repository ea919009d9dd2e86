import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pnpm = join(root, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');

/**
 * Packs public packages as they would be published; they must have been built.
 * @param {string} folder an empty one, that gets the tarballs
 * @param {readonly string[]} [names] these and the @weft packages they need at run time; default: all
 * @returns {Promise<string[]>} the paths of the tarballs
 */
export async function packPackages(folder, names) {
  const filters = names ? names.map((name) => `--filter-prod=${name}...`) : ['--filter=./packages/*'];
  await promisify(execFile)(process.execPath, [pnpm, '-r', ...filters, 'pack', '--pack-destination', folder], { cwd: root });
  return readdirSync(folder)
    .filter((file) => file.endsWith('.tgz'))
    .sort()
    .map((file) => join(folder, file));
}
