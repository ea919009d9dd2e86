import { readFileSync } from 'node:fs';
import type { ServerName } from './server-name.js';
import { probeVersion, programsInTree, programsOnPath, type ServerPrograms } from './server-programs.js';
import { manifestOf, missingFileOf, serversFolder, treeOf } from './servers-folder.js';

/** Where to look for servers. */
export interface FindServerOptions {
  /** The folder of unpacked servers; default: `.servers` in the checkout. */
  readonly folder?: string;
  /** The search path for installed programs; default: PATH of this process. */
  readonly path?: string;
}

/** A server that can be started here. */
export interface FoundServer extends ServerPrograms {
  /** As the program says it, such as `7.0.15`. */
  readonly version: string;
  /** Where it is from, for people: `PATH`, or the Debian suite whose packages were unpacked. */
  readonly from: string;
}

/** A server that cannot be started here. */
export interface MissingServer {
  /** Why, for people: `no consul here: ...`. It is the way in which the reporter of a test run knows it among the titles. */
  readonly missing: string;
}

/**
 * Looks for a server: first for one that the machine has installed, then for an unpacked one. Downloads nothing.
 * With WEFT_SERVERS=off in the environment there is none.
 * @returns the server, or the reason why there is none
 */
export function findServer(
  name: ServerName,
  { folder = serversFolder, path = process.env.PATH ?? '' }: FindServerOptions = {},
): FoundServer | MissingServer {
  if (process.env.WEFT_SERVERS === 'off') return { missing: `no ${name} here: WEFT_SERVERS is off` };
  const installed = programsOnPath(name, path);
  const probe = installed && probeVersion(name, installed);
  if (installed && probe && 'version' in probe) return { ...installed, version: probe.version, from: 'PATH' };

  const manifest = readManifest(name, folder);
  if (manifest) return { ...programsInTree(name, treeOf(name, folder)), ...manifest };
  const unobtained = read(missingFileOf(name, folder))?.trim() || `it is obtained by npm run servers -- obtain ${name}`;
  const unfit = probe && 'problem' in probe ? `${probe.problem}; ` : '';
  return { missing: `no ${name} here: ${unfit}${unobtained}` };
}

function readManifest(name: ServerName, folder: string): { version: string; from: string } | undefined {
  const text = read(manifestOf(name, folder));
  return text === undefined ? undefined : JSON.parse(text);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
