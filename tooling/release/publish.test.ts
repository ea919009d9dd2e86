import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmptyRegistry, openEmptyRegistry } from './empty-registry.js';
import { publicManifests, root, runtimeDependencies } from './manifests.js';

const pnpm = join(root, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');

describe('pnpm -r publish --dry-run', () => {
  const manifests = publicManifests();
  const folder = mkdtempSync(join(tmpdir(), 'weft-publish-'));
  let registry: EmptyRegistry;
  let lines: readonly string[];

  beforeAll(async () => {
    registry = await openEmptyRegistry();
    lines = await rehearse(registry.url, join(folder, 'npmrc'));
  });

  afterAll(() => {
    registry.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('publishes every public package and no other, each after those that it needs', () => {
    const published = lines.filter((line) => line.startsWith('+ ')).map((line) => line.slice(2));
    expect([...published].sort()).toEqual(manifests.map(({ name, version }) => `${name}@${version}`).sort());
    const order = published.map((line) => line.slice(0, line.lastIndexOf('@')));
    for (const manifest of manifests)
      for (const needed of runtimeDependencies(manifest).filter((name) => order.includes(name)))
        expect(order.indexOf(needed), `${needed} for ${manifest.name}`).toBeLessThan(order.indexOf(manifest.name));
  });

  it('warns of nothing', () => {
    expect(lines.filter((line) => /\b(?:warn|err)/i.test(line) && !line.startsWith('npm notice'))).toEqual([]);
  });

  it('asks the registry, and gives it nothing', () => {
    expect([...new Set(registry.methods)]).toEqual(['GET']);
  });
});

/** All that is printed. With a configuration of its own: that of the user may have settings that npm warns of. */
async function rehearse(url: string, npmrc: string): Promise<string[]> {
  writeFileSync(npmrc, `registry=${url}\n${url.slice('http:'.length)}:_authToken=nobody\n`);
  const env = Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name));
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [pnpm, '-r', 'publish', '--dry-run', '--no-git-checks', '--registry', url],
    { cwd: root, env: { ...Object.fromEntries(env), NPM_CONFIG_USERCONFIG: npmrc }, maxBuffer: 16_777_216 },
  );
  return `${stdout}${stderr}`.split('\n');
}
