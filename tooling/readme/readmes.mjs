import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the workspace. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @typedef {object} PackageManifest
 * @property {string} folder its name below packages
 * @property {string} name
 * @property {string} description
 * @property {number} layer
 */

/**
 * The manifests of the public packages, lowest layer first.
 * @returns {PackageManifest[]}
 */
export function publicPackages() {
  return readdirSync(join(root, 'packages'))
    .filter((folder) => existsSync(join(root, 'packages', folder, 'package.json')))
    .map((folder) => ({ folder, ...JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) }))
    .filter((manifest) => !manifest.private)
    .map(({ folder, name, description, weft }) => ({ folder, name, description, layer: weft.layer }))
    .sort((a, b) => a.layer - b.layer || a.name.localeCompare(b.name));
}

/**
 * @param {string} path from the root
 * @returns {string | undefined} undefined if there is no such file
 */
export function readReadme(path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
}
