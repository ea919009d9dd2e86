import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Consumer } from '@weft-tooling/release/consumer.mjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const types = fileURLToPath(new URL('../../node_modules/@types', import.meta.url));

/** What somebody types who begins a driver with the published package. */
const SCAFFOLD = `import { scaffoldDriver } from '@weft/conformance';
console.log(scaffoldDriver({ slot: 'registry', name: 'foo', folder: 'foo' }).length);`;

/** What somebody writes who uses it: nothing but \`from\` says where the driver is. */
const USE = `import { createRegistry } from '@weft/host';
const registry = await createRegistry({ from: process.argv[2], address: 'shop' });
await registry.register({ name: 'orders', id: 'orders-1', port: 8080 });
console.log((await registry.getService('orders')).id);
await registry.close();`;

const MISSPELT = `import { createRegistry } from '@weft/host';
await createRegistry({ from: './foo/dist/index.js', adress: 'shop' }).catch((error) => console.log(error.message));`;

describe('a driver of somebody else, begun in an empty project with the packed packages', () => {
  const consumer = new Consumer();
  let isInstalled = false;

  const node = (...args: string[]) => consumer.run(process.execPath, args);

  beforeAll(async () => {
    isInstalled = await consumer.install(['@weft/host', '@weft/conformance']);
    for (const [file, text] of Object.entries({ 'scaffold.mjs': SCAFFOLD, 'use.mjs': USE, 'misspelt.mjs': MISSPELT })) {
      writeFileSync(join(consumer.folder, file), text);
    }
  }, 180_000);

  beforeEach((context) => context.skip(!isInstalled, 'the package registry cannot be reached'));

  afterAll(() => consumer.remove());

  it('is 6 files that compile', async () => {
    expect(await node('scaffold.mjs')).toEqual({ code: 0, output: '6\n' });
    expect(await node(compiler, '-p', 'foo', '--typeRoots', types)).toEqual({ code: 0, output: '' });
  });

  it('passes registrySuite under node:test', async () => {
    const { code, output } = await node('--test', 'foo/dist/conformance.test.js');
    expect(code, output).toBe(0);
    expect(output).toMatch(/pass 27\n/);
    expect(output).toMatch(/fail 0\n/);
  });

  it('writes its report into its README', async () => {
    const write = "process.env.WEFT_CONFORMANCE = 'write'; await import('./foo/dist/conformance.test.js');";
    expect((await node('--input-type=module', '--eval', write)).code).toBe(0);
    const readme = readFileSync(join(consumer.folder, 'foo', 'README.md'), 'utf8');
    expect(readme).toContain('| `registry` | `registry-foo` | 27 of 27 | 0 of 2 | `wipe` `restart` |');
  });

  it.each(['./foo/dist/index.js', './foo/src/index.ts'])(
    'is loaded by @weft/host from %s',
    async (from) => {
      expect(await node('use.mjs', from)).toEqual({ code: 0, output: 'orders-1\n' });
    },
    30_000,
  );

  it('has its options checked by its own schema', async () => {
    const { output } = await node('misspelt.mjs');
    expect(output).toMatch(/registry\.adress: .*Did you mean "address"\?/);
  });
});
