import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAptSource } from './apt-source.js';
import { runProgram } from './run-program.js';

/** What to download and where to. */
export interface DownloadOptions {
  /** The Debian suite. */
  readonly suite: string;
  /** Names of packages. */
  readonly packages: readonly string[];
  /** An empty folder of ours. */
  readonly folder: string;
  /** A folder with kept `.deb` files, one folder per suite, asked first; default: the environment's WEFT_SERVERS_CACHE. */
  readonly cache?: string | undefined;
}

/**
 * Gets packages of any Debian suite without touching what the machine has: apt runs with a state, a cache and a source of
 * its own and checks signatures with the machine's keys. Needs no rights.
 * @returns the files by package
 * @throws Error with the reason, for people
 */
export async function downloadPackages({
  suite,
  packages,
  folder,
  cache = process.env.WEFT_SERVERS_CACHE,
}: DownloadOptions): Promise<Map<string, string>> {
  const kept = cache ? join(cache, suite) : undefined;
  const absent = packages.filter((name) => !(kept && findPackage(kept, name)));
  if (absent.length > 0) await fetchPackages(suite, absent, folder);
  return new Map(packages.map((name) => [name, (kept && findPackage(kept, name)) ?? fetchedPackage(folder, name)]));
}

function fetchedPackage(folder: string, name: string): string {
  const file = findPackage(join(folder, 'archives'), name);
  if (!file) throw new Error(`apt has not downloaded ${name}`);
  return file;
}

async function fetchPackages(suite: string, packages: readonly string[], folder: string): Promise<void> {
  const source = readAptSource();
  if (!source) throw new Error('this machine gets no packages from Debian');
  for (const each of ['lists/partial', 'archives/partial', 'parts']) mkdirSync(join(folder, each), { recursive: true });
  writeFileSync(join(folder, 'sources.list'), `deb [signed-by=${source.keyring}] ${source.uri} ${suite} main\n`);
  writeFileSync(join(folder, 'status'), '');
  await apt(folder, 'update');
  await apt(folder, 'download', ...packages);
}

/** @throws Error with apt's first complaint, without our many settings */
async function apt(folder: string, ...args: string[]): Promise<void> {
  try {
    await runProgram('apt-get', [...aptOptions(folder), ...args], { cwd: join(folder, 'archives'), timeoutMs: 300_000 });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(/E: (.*)/.exec(text)?.[1] ?? `apt-get ${args[0]} ${text.split(`${args.join(' ')}: `).at(-1)}`);
  }
}

/** Everything apt reads or writes lies in the folder; only the index of packages is fetched, and a dead network is given up soon. */
function aptOptions(folder: string): string[] {
  const settings = {
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': join(folder, 'parts'),
    'Dir::Etc::preferencesparts': join(folder, 'parts'),
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': folder,
    'Dir::Cache::archives': join(folder, 'archives'),
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::IndexTargets::deb::CNF::DefaultEnabled': 'false',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '10',
    'APT::Update::Error-Mode': 'any',
    ...(process.getuid?.() === 0 ? { 'APT::Sandbox::User': 'root' } : {}),
  };
  return ['-qq', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
}

function findPackage(folder: string, name: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const file = readdirSync(folder).find((each) => each.startsWith(`${name}_`) && each.endsWith('.deb'));
  return file && join(folder, file);
}
