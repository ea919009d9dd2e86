import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A program in a temporary folder, with what it has installed. */
export interface TemporaryApp {
  readonly folder: string;
  /** Writes a file and gives its path. */
  write(name: string, text: string): Promise<string>;
  remove(): Promise<void>;
}

const require = createRequire(import.meta.url);

/** What an app can have installed. */
const INSTALLABLE = {
  '@weft/breaker-opossum': require.resolve('@weft/breaker-opossum/package.json'),
  '@weft/cache': require.resolve('../../cache/package.json'),
  '@weft/metrics-otel': require.resolve('@weft/metrics-otel/package.json'),
  '@weft/tracing-otel': require.resolve('@weft/tracing-otel/package.json'),
  '@weft/registry-memory': require.resolve('@weft/registry-memory/package.json'),
  '@weft/registry-file': require.resolve('@weft/registry-file/package.json'),
  '@weft/config-memory': require.resolve('@weft/config-memory/package.json'),
  '@weft/config-file': require.resolve('@weft/config-file/package.json'),
  '@weft/transport-http': require.resolve('@weft/transport-http/package.json'),
  '@weft/transport-memory': require.resolve('@weft/transport-memory/package.json'),
};

/** The name of a package that an app can have installed. */
export type Installable = keyof typeof INSTALLABLE;

/** An app with these files, that has installed these packages of the host's own development dependencies. */
export async function temporaryApp(
  files: Readonly<Record<string, string>> = {},
  packages: readonly Installable[] = [],
): Promise<TemporaryApp> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'weft-host-')));
  const write = async (name: string, text: string) => {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  };
  await write('package.json', '{ "name": "app", "type": "module" }');
  for (const [name, text] of Object.entries(files)) await write(name, text);
  for (const name of packages) {
    await mkdir(join(folder, 'node_modules', dirname(name)), { recursive: true });
    await symlink(dirname(INSTALLABLE[name]), join(folder, 'node_modules', name));
  }
  return { folder, write, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** What a fixture driver is; texts are JavaScript. */
export interface FixtureDriver {
  readonly slot: string;
  readonly name: string;
  readonly contract?: number;
  readonly needs?: readonly string[];
  /** Body of `open`, where `host`, `options` and `tell` are known; gives back an `Opened`. */
  readonly open?: string;
}

/** Source of a driver that tells what it does through `log`, to be read by `logOf`. */
export function driverSource({ slot, name, contract = 1, needs = [], open = '' }: FixtureDriver, log: string): string {
  return `
const log = ((globalThis[Symbol.for('weft.fixtures')] ??= new Map()).get(${JSON.stringify(log)}) ?? []);
globalThis[Symbol.for('weft.fixtures')].set(${JSON.stringify(log)}, log);
const tell = (what) => { log.push(${JSON.stringify(name)} + ' ' + what); };
export default {
  contract: ${contract}, slot: ${JSON.stringify(slot)}, name: ${JSON.stringify(name)}, needs: ${JSON.stringify(needs)},
  options: { '~standard': { version: 1, vendor: 'fixture', validate: (value) => ({ value }) } },
  async open(options, host) {
    tell('opens');
    ${open}
    return { value: {}, start: async () => tell('starts'), stop: async () => tell('stops') };
  },
};`;
}

/** What the fixture drivers of `log` have told, oldest first. */
export function logOf(log: string): readonly string[] {
  const logs = Reflect.get(globalThis, Symbol.for('weft.fixtures')) as ReadonlyMap<string, string[]> | undefined;
  return logs?.get(log) ?? [];
}
