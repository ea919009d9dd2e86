import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Consumer } from './consumer.mjs';
import { publicManifests } from './manifests.js';
import { UnpackedPackages } from './unpacked-packages.js';

const names = ['@weft/client', '@weft/service', '@weft/transport-http', '@weft/registry-file'];

/** Code that an application with these packages has not asked for. */
const unasked = /^(?:ioredis|consul|etcd3|@grpc\/grpc-js|opossum|pino|@opentelemetry\/sdk-.*)$/;

const compilers = {
  'TypeScript 7, nodenext': [pathOf('../../node_modules/typescript/bin/tsc'), 'nodenext.json'],
  'TypeScript 5.9, commonjs with the old resolution': [pathOf('node_modules/typescript-5.9/bin/tsc'), 'node10.json'],
} as const;

describe('the packed packages, installed by npm outside of this repository', () => {
  const consumer = new Consumer();
  let isInstalled = false;

  beforeAll(async () => {
    isInstalled = await consumer.install(names);
  }, 180_000);

  beforeEach((context) => context.skip(!isInstalled, 'the package registry cannot be reached'));

  afterAll(() => consumer.remove());

  it('make a real call, from a client to a service over HTTP and a registry of files', async () => {
    expect(await consumer.run(process.execPath, ['make-a-call.mjs'])).toEqual({ code: 0, output: '200 hello Ada\n' });
  });

  it('can be imported and required', async () => {
    const ours = consumer.installed().filter((name) => name.startsWith('@weft/'));
    expect(await consumer.run(process.execPath, ['import-and-require.cjs', ...ours])).toEqual({ code: 0, output: '' });
  });

  it.each(Object.entries(compilers))('have types for %s', async (_, [tsc, project]) => {
    expect(
      await consumer.run(process.execPath, [tsc, '-p', project, '--typeRoots', pathOf('../../node_modules/@types')]),
    ).toEqual({ code: 0, output: '' });
  });

  it('bring no client of a backend, no logger and no tracing SDK that nobody asked for', () => {
    const installed = consumer.installed();
    const megabytes = consumer.installedBytes() / 1e6;
    console.log(`${names.join(' + ')}: ${installed.length} packages, ${megabytes.toFixed(1)} MB`);
    const [, packages, told] = /bring (\d+) packages and ([\d.]+) MB/.exec(readFileSync(pathOf('../../README.md'), 'utf8')) ?? [];
    expect(Number(packages), 'what the README says').toBe(installed.length);
    expect(Math.abs(Number(told) / megabytes - 1), `the README says ${told} MB`).toBeLessThan(0.1);
    expect(installed).toEqual(expect.arrayContaining(names));
    expect(installed.filter((name) => unasked.test(name))).toEqual([]);
  });
});

describe('every public package, packed', () => {
  const packages = new UnpackedPackages();

  beforeAll(() => packages.unpack(), 60_000);

  afterAll(() => packages.remove());

  describe.each(publicManifests().map(({ name }) => name))('%s', (name) => {
    it('can be imported and required', async () => {
      expect(await packages.run('import-and-require.cjs', [name])).toBe('');
    });

    it('has what users need, and nothing else', () => {
      const files = packages.filesOf(name);
      const needed = ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts'];
      expect(needed.filter((file) => !files.includes(file))).toEqual([]);
      expect(files.filter((file) => /^src\/|\.test\.|\.fixture\.|tsconfig/.test(file))).toEqual([]);
    });

    it('asks for ranges that are published', () => {
      const { dependencies = {}, peerDependencies = {} } = packages.manifestOf(name);
      for (const [needed, range] of Object.entries({ ...dependencies, ...peerDependencies }))
        expect(range, needed).toMatch(needed.startsWith('@weft/') ? /^\^\d+\.\d+\.\d+$/ : /^[\^~>]/);
    });
  });
});

/** Relative to this file; a declaration, because the constants above use it. */
function pathOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
