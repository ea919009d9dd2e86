import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One package of the workspace, as its manifest and its folder say.
 * @typedef {object} Package
 * @property {string} name
 * @property {string} folder from the root, with slashes: packages/core
 * @property {number | undefined} layer smaller ones may be imported; apps and tooling have none
 * @property {boolean} isDriver
 * @property {readonly string[]} runtime names in dependencies and peerDependencies
 * @property {readonly string[]} all the same and devDependencies
 * @property {readonly SourceFile[]} files
 */

/**
 * @typedef {object} SourceFile
 * @property {string} path from the root, with slashes
 * @property {string} text
 * @property {boolean} isTest
 */

/**
 * Reads every package, app and tool below `root`.
 * @param {string} root
 * @returns {Package[]}
 */
export function readWorkspace(root) {
  return ['packages', 'apps', 'tooling']
    .flatMap((group) => namesIn(join(root, group)).map((name) => `${group}/${name}`))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => readPackage(root, folder));
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {Package}
 */
function readPackage(root, folder) {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const { name, weft = {}, dependencies = {}, peerDependencies = {}, devDependencies = {} } = manifest;
  const runtime = Object.keys({ ...dependencies, ...peerDependencies });
  return {
    name,
    folder,
    layer: weft.layer,
    isDriver: weft.driver !== undefined,
    runtime,
    all: [...new Set([...runtime, ...Object.keys(devDependencies)])],
    files: [...sourceFiles(root, folder)],
  };
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {Generator<SourceFile>}
 */
function* sourceFiles(root, folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* sourceFiles(root, path);
    else if (/\.[cm]?[jt]sx?$/.test(entry.name)) {
      yield { path, text: readFileSync(join(root, path), 'utf8'), isTest: /\.test\.[cm]?[jt]sx?$/.test(entry.name) };
    }
  }
}

/** @param {string} folder */
function namesIn(folder) {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
