import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { packageOf, resolveDriver } from './resolve-driver.js';

let app: TemporaryApp;
afterEach(() => app.remove());

const registry = { slot: 'registry', path: 'registry' } as const;

function problemOf(source: Parameters<typeof resolveDriver>[0], folders = [app.folder]) {
  const resolved = resolveDriver(source, folders);
  return 'problem' in resolved ? resolved.problem : undefined;
}

describe('resolveDriver', () => {
  it('finds the package of a word from the first folder that has it', async () => {
    app = await temporaryApp({
      'far/node_modules/@weft/registry-own/package.json': '{ "exports": { "default": "./index.js" } }',
      'far/node_modules/@weft/registry-own/index.js': '',
    });
    const folders = [app.folder, join(app.folder, 'far')];
    expect(resolveDriver({ ...registry, word: 'own' }, folders)).toEqual({
      file: join(app.folder, 'far/node_modules/@weft/registry-own/index.js'),
    });
  });

  it('names the package of a word with underscores', () => {
    expect(packageOf('balancer', 'p2c_ewma')).toBe('@weft/balancer-p2c-ewma');
  });

  it('says how to install a package that is missing', async () => {
    app = await temporaryApp();
    expect(problemOf({ ...registry, word: 'consul' })).toEqual({
      code: 'WEFT_PLUGIN_NOT_INSTALLED',
      path: 'registry.driver',
      message:
        'config.registry.driver is "consul", which lives in @weft/registry-consul, and that package is not installed. Run: pnpm add @weft/registry-consul',
    });
    expect(problemOf({ ...registry, from: '@acme/drivers/registry' })?.message).toContain('Run: pnpm add @acme/drivers');
  });

  it('tells a package that is there but cannot be loaded from one that is missing', async () => {
    app = await temporaryApp({
      'node_modules/@weft/registry-old/package.json': '{ "exports": { "import": "./index.js" } }',
      'node_modules/@weft/registry-bare/package.json': '{ "main": "./dist/index.js" }',
    });
    expect(problemOf({ ...registry, word: 'old' })).toMatchObject({ code: 'WEFT_PLUGIN_INVALID' });
    expect(problemOf({ ...registry, word: 'bare' })?.message).toContain('has no entry that can be loaded');
  });

  it('takes a path within the workspace', async () => {
    app = await temporaryApp({ 'pnpm-workspace.yaml': '', 'apps/one/package.json': '{}', 'drivers/own.js': '' });
    const folders = [join(app.folder, 'apps/one')];
    expect(resolveDriver({ ...registry, from: '../../drivers/own.js' }, folders)).toEqual({
      file: join(app.folder, 'drivers/own.js'),
    });
  });

  it.each([
    ['../../evil.js', 'lies outside of'],
    ['/etc/evil.js', 'lies outside of'],
    ['./link.js', 'lies outside of'],
    ['http://evil.example/x.js', 'is a URL'],
    ['data:text/javascript,1', 'is a URL'],
    ['file:///etc/evil.js', 'is a URL'],
    ['node:child_process', 'is a URL'],
    ['child_process', 'is a part of Node'],
    ['fs/promises', 'is a part of Node'],
    ['a/../../b', 'is neither an npm package nor a path'],
    ['', 'is neither an npm package nor a path'],
  ])('refuses from %j (R75)', async (from, message) => {
    app = await temporaryApp({ 'app/package.json': '{}', 'evil.js': '' });
    await mkdir(join(app.folder, 'app/src'));
    await symlink(join(app.folder, 'evil.js'), join(app.folder, 'app/src/link.js'));
    expect(problemOf({ ...registry, from }, [join(app.folder, 'app/src')])).toMatchObject({
      path: 'registry.from',
      message: expect.stringContaining(message),
    });
  });

  it.each(['../../evil.js', '/abs', 'http://x', 'data:x', 'node:fs', 'consul/../x', '@acme/x'])(
    'refuses the word %j (R75)',
    async (word) => {
      app = await temporaryApp();
      expect(problemOf({ ...registry, word })?.message).toContain("is no driver's word. Known: memory, file, consul");
    },
  );
});
