import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAptSource } from './apt-source.js';
import { downloadJar } from './download-jar.js';
import { downloadPackages } from './download-packages.js';
import { type FoundServer, findServer, type MissingServer } from './find-server.js';
import { isAlive } from './is-alive.js';
import { isJarServer, type JarServer, jarSources } from './jar-source.js';
import { runProgram } from './run-program.js';
import type { ServerName } from './server-name.js';
import { probeVersion, programsInTree } from './server-programs.js';
import { type PackagedServer, serverSources } from './server-source.js';
import { manifestOf, missingFileOf, serversFolder, treeOf } from './servers-folder.js';

/** How servers are obtained. */
export interface ObtainOptions {
  /** Where they are unpacked; default: `.servers` in the checkout. */
  readonly folder?: string;
  /** The search path on which a server may be installed already; default: PATH of this process. */
  readonly path?: string;
  /** Whether to try again what failed less than an hour ago; default false. */
  readonly insist?: boolean;
}

const retryAfterMs = 60 * 60 * 1_000;

/**
 * Obtains the servers that are not there yet: Debian packages, unpacked into a folder of ours, and files of Maven's. Never
 * fails: what cannot be had is missing, with the reason, and that is remembered for an hour.
 * @returns what `findServer` says about each now
 */
export async function obtainServers(
  names: readonly ServerName[],
  { folder = serversFolder, path = process.env.PATH ?? '', insist = false }: ObtainOptions = {},
): Promise<Map<ServerName, FoundServer | MissingServer>> {
  const isWanted = (name: ServerName) => 'missing' in findServer(name, { folder, path }) && (insist || mayTry(name, folder));
  const wanted = process.env.WEFT_SERVERS === 'off' ? [] : names.filter(isWanted);
  const jars = wanted.filter(isJarServer);
  const packaged = wanted.filter((name) => !isJarServer(name));
  const suites = new Set(packaged.map((name) => serverSources[name].suite));
  if (wanted.length > 0) {
    mkdirSync(folder, { recursive: true });
    removeLeftovers(folder);
  }
  await Promise.all([
    ...[...suites].map((suite) => obtainSuite(suite, packaged, folder)),
    ...jars.map((name) => obtainJar(name, path, folder)),
  ]);
  return new Map(names.map((name) => [name, findServer(name, { folder, path })]));
}

/** The same for one server, asked for by name: it is tried even if it failed a moment ago. */
export async function obtainServer(name: ServerName, options: ObtainOptions = {}): Promise<FoundServer | MissingServer> {
  const found = await obtainServers([name], { insist: true, ...options });
  return found.get(name) ?? { missing: 'unknown' };
}

function mayTry(name: ServerName, folder: string): boolean {
  const file = missingFileOf(name, folder);
  return !existsSync(file) || Date.now() - statSync(file).mtimeMs > retryAfterMs;
}

/** Everything of one suite in one go, because the index of a suite is larger than most servers. */
async function obtainSuite(suite: string, wanted: readonly PackagedServer[], folder: string): Promise<void> {
  const names = wanted.filter((name) => serverSources[name].suite === suite);
  const work = mkdtempSync(join(folder, `.new-${process.pid}-`));
  try {
    const files = await downloadPackages({ suite, packages: names.flatMap(packagesOf), folder: work });
    for (const name of names) {
      const own = packagesOf(name).map((each) => files.get(each) ?? '');
      await unpack(name, own, work, folder).catch((error) => remember(name, folder, error));
    }
  } catch (error) {
    for (const name of names) remember(name, folder, error);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function packagesOf(name: PackagedServer): string[] {
  return [...serverSources[name].packages, ...serverSources[name].libraries];
}

async function unpack(name: PackagedServer, files: readonly string[], work: string, folder: string): Promise<void> {
  const tree = join(work, `tree-${name}`);
  mkdirSync(tree);
  for (const file of files) await runProgram('dpkg-deb', ['-x', file, tree]);
  const probe = probeVersion(name, programsInTree(name, tree));
  if ('problem' in probe) throw new Error(probe.problem);
  putInPlace(name, tree, { version: probe.version, from: `Debian ${serverSources[name].suite}, unpacked` }, folder);
}

/** A file whose checksum Maven has checked; it is not tried out, since that takes seconds. */
async function obtainJar(name: JarServer, path: string, folder: string): Promise<void> {
  const work = mkdtempSync(join(folder, `.new-${process.pid}-`));
  try {
    const tree = join(work, `tree-${name}`);
    mkdirSync(tree);
    await downloadJar(jarSources[name], { folder: tree, path });
    putInPlace(name, tree, { version: jarSources[name].artifact.version, from: 'Maven' }, folder);
  } catch (error) {
    remember(name, folder, error);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Whoever looks meanwhile sees nothing or a whole tree. */
function putInPlace(name: ServerName, tree: string, manifest: { version: string; from: string }, folder: string): void {
  writeFileSync(join(tree, 'weft-server.json'), `${JSON.stringify(manifest)}\n`);
  try {
    renameSync(tree, treeOf(name, folder));
  } catch (error) {
    if (!existsSync(manifestOf(name, folder))) throw error;
  }
  rmSync(missingFileOf(name, folder), { force: true });
}

function remember(name: ServerName, folder: string, error: unknown): void {
  const cause = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
  writeFileSync(missingFileOf(name, folder), `${isJarServer(name) ? `Maven: ${cause}` : debianCause(name, cause)}\n`);
}

function debianCause(name: PackagedServer, cause: string): string {
  const { suite, formula } = serverSources[name];
  return `Debian ${suite}: ${cause}${readAptSource() ? '' : `; install it yourself, such as by brew install ${formula}`}`;
}

/** What a start left behind that was killed in the middle. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const owner = /^\.new-(\d+)-/.exec(name)?.[1];
    if (owner && !isAlive(Number(owner))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
