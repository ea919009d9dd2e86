import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type JarServer, jarFileOf, jarSources } from './jar-source.js';
import { onPath } from './on-path.js';
import type { ServerPrograms } from './server-programs.js';

/**
 * The programs of a server that is one file in `tree`: Java, which the machine has to have. It has no tool of its own.
 * @returns the programs, or why there is no Java for it
 */
export function jarPrograms(name: JarServer, tree: string, path: string): ServerPrograms | { readonly problem: string } {
  const source = jarSources[name];
  const java = onPath('java', path);
  const problem = java === undefined ? 'there is no java on the search path' : javaProblem(java, source.leastJava);
  if (java === undefined || problem !== undefined) return { problem: `${problem}; it needs Java ${source.leastJava} or newer` };
  return { program: java, firstArgs: [...source.javaArgs, '-jar', join(tree, jarFileOf(source))], tool: '', env: {} };
}

/** Versions up to Java 8 are written `1.8.0_402`. */
function javaProblem(java: string, least: number): string | undefined {
  const { stderr, error } = spawnSync(java, ['-version'], { encoding: 'utf8', timeout: 10_000 });
  const [, major] = /version "(?:1\.)?(\d+)/.exec(stderr ?? '') ?? [];
  if (major === undefined) return `java does not run here: ${error?.message ?? ((stderr ?? '').trim() || 'it printed nothing')}`;
  return Number(major) >= least ? undefined : `${java} is Java ${major}`;
}
