import { readFileSync } from 'node:fs';
import { jarPrograms } from './jar-programs.js';
import { isJarServer } from './jar-source.js';
import type { ServerName } from './server-name.js';
import { probeVersion, programsInTree, programsOnPath, type ServerPrograms } from './server-programs.js';
import type { PackagedServer } from './server-source.js';
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
  /** Where it is from, for people: `PATH`, the Debian suite whose packages were unpacked, or Maven. */
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
  const installed = isJarServer(name) ? undefined : findInstalled(name, path);
  if (installed && 'version' in installed) return installed;

  const manifest = readManifest(name, folder);
  if (manifest) {
    const tree = treeOf(name, folder);
    const programs = isJarServer(name) ? jarPrograms(name, tree, path) : programsInTree(name, tree);
    return 'problem' in programs ? { missing: `no ${name} here: ${programs.problem}` } : { ...programs, ...manifest };
  }
  const unobtained = read(missingFileOf(name, folder))?.trim() || `it is obtained by npm run servers -- obtain ${name}`;
  return { missing: `no ${name} here: ${installed ? `${installed.problem}; ` : ''}${unobtained}` };
}

function findInstalled(name: PackagedServer, path: string): FoundServer | { readonly problem: string } | undefined {
  const programs = programsOnPath(name, path);
  const probe = programs && probeVersion(name, programs);
  return probe && 'version' in probe ? { ...programs, version: probe.version, from: 'PATH' } : probe;
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
