import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layerProblems } from './layer-problems.mjs';

describe('layerProblems', () => {
  let root = '';

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'weft-layers-'));
    write('packages/core/src/index.ts', 'export const one = 1;\n');
    write('packages/core/src/clock.ts', 'export const now = () => Date.now();\n');
    write(
      'packages/registry/src/index.ts',
      "import { one } from '@weft/core';\nimport 'node:fs';\nexport const two = one + 1;\n",
    );
    write('packages/registry-foo/src/index.ts', 'setInterval(() => {}, 5);\n');
    manifest('core', { layer: 0 });
    manifest('registry', { layer: 2 }, { dependencies: ['@weft/core'] });
    manifest('registry-foo', { layer: 2, driver: 'foo' }, { dependencies: ['@weft/core'], devDependencies: ['@weft/registry'] });
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('finds nothing wrong with this workspace', () => {
    expect(layerProblems(fileURLToPath(new URL('../..', import.meta.url)))).toEqual([]);
  });

  it('finds nothing wrong where the rules are kept', () => {
    expect(layerProblems(root)).toEqual([]);
  });

  it('refuses to call an empty folder good', () => {
    rmSync(join(root, 'packages'), { recursive: true });
    expect(layerProblems(root)).toEqual([`no package below ${root}`]);
  });

  describe('in the manifests', () => {
    it('refuses a dependency on a higher layer', () => {
      manifest('core', { layer: 0 }, { dependencies: ['@weft/registry'] });
      expect(layerProblems(root)).toContain(
        'packages/core/package.json: layer 0 depends on @weft/registry of layer 2; only smaller layers may be used',
      );
    });

    it('refuses a dependency on the same layer, also as a peer', () => {
      manifest('registry-foo', { layer: 2, driver: 'foo' }, { peerDependencies: ['@weft/registry'] });
      expect(layerProblems(root)).toEqual([
        'packages/registry-foo/package.json: layer 2 depends on @weft/registry of layer 2; only smaller layers may be used',
      ]);
    });

    it('refuses a driver that depends on a driver', () => {
      manifest('registry-bar', { layer: 2, driver: 'bar' }, { dependencies: ['@weft/registry-foo'] });
      expect(layerProblems(root)).toEqual([
        'packages/registry-bar/package.json: depends on @weft/registry-foo, but drivers never depend on each other',
      ]);
    });

    it('refuses a circle of dependencies and devDependencies', () => {
      manifest('core', { layer: 0 }, { devDependencies: ['@weft/registry'] });
      expect(layerProblems(root)).toEqual([
        'packages/core/package.json: dependencies form a circle: @weft/core -> @weft/registry -> @weft/core',
      ]);
    });

    it('refuses a package that does not say its layer', () => {
      manifest('registry', {}, { dependencies: ['@weft/core'] });
      expect(layerProblems(root)).toContain('packages/registry/package.json: "weft": { "layer": n } is missing');
    });
  });

  describe('in the imports', () => {
    it.each([
      ["import { x } from 'ioredis';", 'imports "ioredis", which is not among the dependencies of @weft/core'],
      [
        "import type { Registry } from '@weft/registry';",
        'imports "@weft/registry", which is not among the dependencies of @weft/core',
      ],
      ["export const load = () => import('@weft/registry/sub');", 'imports "@weft/registry", which is not among'],
      ["export * from '../../registry/src/index.js';", "nothing reaches into another package's files"],
      ["import '@weft/registry/dist/deep.js';", "nothing reaches into another package's files"],
      ["import 'fs';", 'imports "fs"; write "node:fs"'],
      ["import { z } from 'zod';", 'zod belongs to host, config, drivers and their backends'],
      ["import { pino } from 'pino';", 'pino belongs to logging'],
    ])('refuses %s', (text, rule) => {
      write('packages/core/src/bad.ts', `${text}\n`);
      expect(layerProblems(root).join('\n')).toMatch(new RegExp(`^packages/core/src/bad\\.ts: .*${escaped(rule)}`, 'm'));
    });

    it('does not take an example in a comment for an import', () => {
      write(
        'packages/core/src/good.ts',
        "/** import { x } from 'ioredis'; */\n// import 'consul';\nexport const url = 'http://a';\n",
      );
      expect(layerProblems(root)).toEqual([]);
    });

    it('lets tests import what they like, but not the files of another package', () => {
      write('packages/core/src/a.test.ts', "import { it } from 'vitest';\n");
      expect(layerProblems(root)).toEqual([]);
      write('packages/core/src/b.test.ts', "import { it } from '../../registry/src/index.js';\n");
      expect(layerProblems(root)).toHaveLength(1);
    });

    it('refuses a client library with two owners', () => {
      for (const name of ['backend-a', 'backend-b']) {
        manifest(name, { layer: 1 }, { dependencies: ['ioredis'] });
        write(`packages/${name}/src/index.ts`, "import { Redis } from 'ioredis';\n");
      }
      expect(layerProblems(root)).toEqual([
        'packages/backend-b/src/index.ts: imports "ioredis", which @weft/backend-a imports too; a client library has one owner',
      ]);
    });
  });

  describe('in the sources', () => {
    it.each([
      ['const at = Date.now();', 'Date.now'],
      ['const x = Math.random();', 'Math.random'],
      ['setTimeout(() => {', 'setTimeout'],
      ['setTimeout(run, 5);', 'setTimeout'],
      ['globalThis.setInterval(run, 5);', 'setInterval'],
      ['const start = setTimeout;', 'setTimeout'],
    ])('refuses %s outside the clock of core', (text, name) => {
      write('packages/registry/src/bad.ts', `\n${text}\n`);
      expect(layerProblems(root)).toEqual([
        `packages/registry/src/bad.ts:2: uses ${name}; take a Clock or Random of @weft/core as an option`,
      ]);
    });

    it.each([
      'client.setTimeout(5);',
      '  setTimeout(timeout: Duration): void {',
      '  setTimeout(timeout) {',
      '// setTimeout(run, 5)',
      "const text = 'Date.now()';",
      'setImmediate(run);',
    ])('allows %s', (text) => {
      write('packages/registry/src/good.ts', `${text}\n`);
      expect(layerProblems(root)).toEqual([]);
    });

    it.each(['utils.ts', 'shared/thing.ts', 'helper.ts', 'common.test.ts'])('refuses the name %s', (name) => {
      write(`packages/core/src/${name}`, 'export {};\n');
      expect(layerProblems(root).join('\n')).toMatch(/^packages\/core\/src\/.* says nothing about what is inside/);
    });
  });

  function manifest(name: string, weft: object, dependencies: Record<string, string[]> = {}) {
    const ranges = Object.entries(dependencies).map(([kind, names]) => [
      kind,
      Object.fromEntries(names.map((each) => [each, '*'])),
    ]);
    write(`packages/${name}/package.json`, JSON.stringify({ name: `@weft/${name}`, weft, ...Object.fromEntries(ranges) }));
  }

  function write(path: string, text: string) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});

function escaped(text: string) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
