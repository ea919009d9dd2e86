import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';

/** Built by us, so it cannot be imported before the build. */
const library = pathToFileURL(join(root, 'tooling', 'servers', 'dist', 'index.js')).href;

/**
 * Gets the servers that are not there yet; silent unless it takes a while. Never fails: tests of a server that cannot be
 * had are skipped, with the reason.
 * @param {readonly string[]} names
 * @param {string} [from] the module that obtains them
 */
export async function obtainServers(names, from = library) {
  const slow = setTimeout(() => process.stderr.write(`Obtaining ${names.join(', ')} (first run) ...\n`), 1_000);
  try {
    const servers = await import(from);
    await servers.obtainServers(names);
  } catch (error) {
    process.stderr.write(`No servers: ${error instanceof Error ? error.message : error}\n`);
  } finally {
    clearTimeout(slow);
  }
}
