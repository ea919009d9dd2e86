import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** What the figures depend on besides the code: they can be compared only with others from the same machine. */
export function surroundings() {
  return {
    startedAt: new Date().toISOString(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpus: cpus().map(({ model }) => model),
    load: loadavg()[0],
    packages: versions(),
  };
}

/** The peers as they are installed. */
function versions() {
  const { devDependencies } = manifest('../package.json');
  const peers = Object.keys(devDependencies).filter((name) => !name.startsWith('@weft/'));
  return Object.fromEntries(peers.map((name) => [name, manifest(`../node_modules/${name}/package.json`).version]));
}

/** @param {string} path */
function manifest(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
}
