import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Consumer } from './consumer.mjs';
import manifest from './package.json' with { type: 'json' };

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
  }, 30_000);

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
    console.log(`${names.join(' + ')}: ${installed.length} packages, ${(consumer.installedBytes() / 1e6).toFixed(1)} MB`);
    expect(installed).toEqual(expect.arrayContaining(names));
    expect(installed.filter((name) => unasked.test(name))).toEqual([]);
  });
});

describe('every public package', () => {
  it('can be imported and required', () => {
    const ours = Object.keys(manifest.devDependencies).filter((name) => name.startsWith('@weft/'));
    const { status, stderr } = spawnSync(process.execPath, [pathOf('fixtures/import-and-require.cjs'), ...ours], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  });
});

/** Relative to this file; a declaration, because the constants above use it. */
function pathOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
