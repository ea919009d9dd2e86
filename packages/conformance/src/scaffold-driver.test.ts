import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scaffoldDriver } from './index.js';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-scaffold-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('scaffoldDriver', () => {
  it.each(['registry', 'config', 'balancer', 'breaker'])('begins a driver of the slot %s with 6 files', (slot) => {
    const files = scaffoldDriver({ slot, name: 'my-kv', folder: join(folder, 'new') });
    expect(files.map((file) => relative(folder, file))).toEqual([
      'new/package.json',
      'new/tsconfig.json',
      'new/README.md',
      'new/src/index.ts',
      `new/src/my-kv-${slot}.ts`,
      'new/src/conformance.test.ts',
    ]);
    for (const file of files) expect(readFileSync(file, 'utf8')).not.toMatch(/foo|{{/i);
  });

  it('names the package after slot and driver, in the scope if there is one', () => {
    const nameOf = (scope?: string) => {
      const [manifest = ''] = scaffoldDriver({ slot: 'registry', name: 'x', folder: join(folder, scope ?? 'none'), scope });
      return JSON.parse(readFileSync(manifest, 'utf8')).name;
    };
    expect([nameOf(), nameOf('@acme')]).toEqual(['weft-registry-x', '@acme/registry-x']);
  });

  it('says which slots there are when it has no scaffold for one', () => {
    expect(() => scaffoldDriver({ slot: 'balancr', name: 'x', folder })).toThrow(
      'there is no scaffold for the slot "balancr": known: registry, config, balancer, breaker. Did you mean "balancer"?',
    );
    expect(() => scaffoldDriver({ slot: 'constructor', name: 'x', folder })).toThrow(/no scaffold/);
  });

  it.each(['', 'Foo', '../up', 'a/b', '1st', 'a_b', '-a', 'a-'])('refuses the name %j', (name) => {
    expect(() => scaffoldDriver({ slot: 'registry', name, folder })).toThrow(/is no driver's name/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('writes into no folder that has something in it, and over no file', () => {
    writeFileSync(join(folder, 'package.json'), 'mine');
    expect(() => scaffoldDriver({ slot: 'registry', name: 'x', folder })).toThrow(/is not empty/);
    expect(() => scaffoldDriver({ slot: 'registry', name: 'x', folder: join(folder, 'package.json') })).toThrow(/cannot be read/);
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe('mine');
    mkdirSync(join(folder, 'empty'));
    expect(scaffoldDriver({ slot: 'registry', name: 'x', folder: join(folder, 'empty') })).toHaveLength(6);
  });
});
