import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { onPath } from './on-path.js';
import { type PackagedServer, type ServerSource, serverSources } from './server-source.js';

/** The programs of one server, ready to be run. */
export interface ServerPrograms {
  /** Path of the server's own program. */
  readonly program: string;
  /** What the program is told first, before everything that a start says: for Java the file to run. */
  readonly firstArgs?: readonly string[];
  /** Path of its command line tool; empty when it has none. */
  readonly tool: string;
  /** What they need in their environment, beside what everybody has. */
  readonly env: Readonly<Record<string, string>>;
}

/** The programs inside an unpacked tree, with the tree's libraries before those of the machine. */
export function programsInTree(name: PackagedServer, tree: string): ServerPrograms {
  const { program, tool } = serverSources[name];
  const libraries = ['usr/lib', 'lib']
    .flatMap((folder) => libraryFolders.map((each) => join(tree, folder, each)))
    .filter((each) => existsSync(each));
  return {
    program: join(tree, 'usr', 'bin', program),
    tool: join(tree, 'usr', 'bin', tool),
    env: libraries.length > 0 ? { LD_LIBRARY_PATH: libraries.join(':') } : {},
  };
}

const libraryFolders = ['x86_64-linux-gnu', 'aarch64-linux-gnu'];

/** The programs that the machine has on its search path; undefined if one of them is missing. */
export function programsOnPath(name: PackagedServer, path: string): ServerPrograms | undefined {
  const program = onPath(serverSources[name].program, path);
  const tool = onPath(serverSources[name].tool, path);
  return program && tool ? { program, tool, env: {} } : undefined;
}

/**
 * Asks the program for its version.
 * @returns the version, or why this program does not serve
 */
export function probeVersion(name: PackagedServer, { program, env }: ServerPrograms): { version: string } | { problem: string } {
  const source = serverSources[name];
  const { stdout, stderr, error } = spawnSync(program, source.versionArgs, {
    encoding: 'utf8',
    timeout: 10_000,
    env: { ...process.env, ...env },
  });
  const printed = `${stdout ?? ''}${stderr ?? ''}`;
  const [, major = '', minor = '', rest = ''] = source.version.exec(printed) ?? [];
  if (!major) return { problem: `${source.program} does not run here: ${error?.message ?? lastLine(printed)}` };
  const version = `${major}.${minor}${rest}`;
  return isEnough(source, Number(major), Number(minor))
    ? { version }
    : { problem: `${program} is ${version}, and ${source.least.join('.')} or newer is needed` };
}

function isEnough({ least }: ServerSource, major: number, minor: number): boolean {
  return major > least[0] || (major === least[0] && minor >= least[1]);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) || 'it printed nothing';
}
