import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { coordinatesOf, type JarSource, jarFileOf } from './jar-source.js';
import { onPath } from './on-path.js';
import { runProgram } from './run-program.js';

/** What to get and where to. */
export interface DownloadJarOptions {
  /** An existing folder of ours. */
  readonly folder: string;
  /** The search path on which `mvn` is looked for. */
  readonly path: string;
  /** A folder with kept files, those of Maven in `maven`, asked first; default: the environment's WEFT_SERVERS_CACHE. */
  readonly cache?: string | undefined;
}

/**
 * Gets a server's file with the machine's own Maven: from where its settings say, kept in its own repository, its checksum
 * checked.
 * @throws Error with the reason, for people
 */
export async function downloadJar(
  source: JarSource,
  { folder, path, cache = process.env.WEFT_SERVERS_CACHE }: DownloadJarOptions,
): Promise<void> {
  const kept = cache ? join(cache, 'maven', jarFileOf(source)) : undefined;
  if (kept && existsSync(kept)) return copyFileSync(kept, join(folder, jarFileOf(source)));
  const mvn = onPath('mvn', path);
  if (!mvn) throw new Error('there is no mvn on the search path');
  const settings = [`-Dartifact=${coordinatesOf(source)}`, `-DoutputDirectory=${folder}`, ...patience];
  try {
    await runProgram(mvn, ['-q', '-B', '-C', 'dependency:copy', ...settings], { cwd: folder, timeoutMs: 300_000 });
  } catch (error) {
    throw new Error(complaintOf(error instanceof Error ? error.message : String(error)));
  }
}

/** A dead network is given up soon. */
const patience = ['-Daether.connector.connectTimeout=10000', '-Daether.connector.requestTimeout=120000'];

/** Maven's first complaint, without the address of the repository. */
function complaintOf(text: string): string {
  const complaint = /\[ERROR\] (.*)/.exec(text)?.[1] ?? text.split('dependency:copy').at(-1) ?? text;
  return complaint.replaceAll(/\s*\(?https?:\/\/[^\s)]+\)?/g, '').trim();
}
