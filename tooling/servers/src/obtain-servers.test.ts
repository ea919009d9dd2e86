import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findServer } from './find-server.js';
import { obtainServers } from './obtain-servers.js';

let root = '';
let folder = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weft-obtain-'));
  folder = join(root, 'servers');
  vi.stubEnv('WEFT_SERVERS', 'on');
  vi.stubEnv('WEFT_SERVERS_CACHE', join(root, 'cache'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

describe.skipIf(!hasDpkg())('obtaining a server', () => {
  it('unpacks a kept package; it can be found then, with its version', async () => {
    keepConsul('1.9.5');
    const found = await obtainServers(['consul'], { folder, path: '' });
    expect(found.get('consul')).toMatchObject({ version: '1.9.5', from: 'Debian bullseye, unpacked' });
    expect(findServer('consul', { folder, path: '' })).toEqual(found.get('consul'));
    expect(readdirSync(folder)).toEqual(['consul']);
  });

  it('does nothing when servers are switched off', async () => {
    vi.stubEnv('WEFT_SERVERS', 'off');
    keepConsul('1.9.5');
    await obtainServers(['consul'], { folder, path: '', insist: true });
    expect(existsSync(folder)).toBe(false);
  });

  it('may happen several times at once, and once is enough', async () => {
    keepConsul('1.9.5');
    const all = await Promise.all([1, 2, 3].map(() => obtainServers(['consul'], { folder, path: '' })));
    for (const found of all) expect(found.get('consul')).toMatchObject({ version: '1.9.5' });
    rmSync(join(root, 'cache'), { recursive: true });
    expect((await obtainServers(['consul'], { folder, path: '' })).get('consul')).toMatchObject({ version: '1.9.5' });
    expect(readdirSync(folder)).toEqual(['consul']);
  });

  it('refuses a program that is too old or does not run, and remembers the reason for an hour', async () => {
    keepConsul('1.2.0');
    const first = await obtainServers(['consul'], { folder, path: '' });
    expect(first.get('consul')).toEqual({ missing: expect.stringMatching(/^no consul here: Debian bullseye: .*1\.2\.0.*1\.7/) });

    keepConsul('1.9.5');
    expect(await obtainServers(['consul'], { folder, path: '' })).toEqual(first);
    const twoHoursAgo = Date.now() / 1_000 - 2 * 60 * 60;
    utimesSync(join(folder, 'consul.missing'), twoHoursAgo, twoHoursAgo);
    expect((await obtainServers(['consul'], { folder, path: '' })).get('consul')).toMatchObject({ version: '1.9.5' });
  });

  it('tries at once again when it is insisted on', async () => {
    keepConsul('1.2.0');
    await obtainServers(['consul'], { folder, path: '' });
    keepConsul('1.9.5');
    const found = await obtainServers(['consul'], { folder, path: '', insist: true });
    expect(found.get('consul')).toMatchObject({ version: '1.9.5' });
    expect(readdirSync(folder)).toEqual(['consul']);
  });

  it('removes what a start left behind that was killed in the middle, not what another one works on', async () => {
    const dead = join(folder, '.new-4194304-a');
    const alive = join(folder, `.new-${process.ppid}-b`);
    for (const each of [dead, alive]) mkdirSync(each, { recursive: true });
    keepConsul('1.9.5');
    await obtainServers(['consul'], { folder, path: '' });
    expect(readdirSync(folder).sort()).toEqual([`.new-${process.ppid}-b`, 'consul']);
  });
});

/** A package with a program that knows its version, and nothing else. */
function keepConsul(version: string): void {
  const suite = join(root, 'cache', 'bullseye');
  const tree = join(root, `tree-${version}`);
  for (const each of [suite, join(tree, 'DEBIAN'), join(tree, 'usr', 'bin')]) mkdirSync(each, { recursive: true });
  writeFileSync(
    join(tree, 'DEBIAN', 'control'),
    `Package: consul\nVersion: ${version}\nArchitecture: all\nMaintainer: x\nDescription: x\n`,
  );
  writeFileSync(join(tree, 'usr', 'bin', 'consul'), `#!/bin/sh\necho "Consul v${version}"\n`, { mode: 0o755 });
  execFileSync('dpkg-deb', ['--build', '-Znone', tree, join(suite, 'consul_1_all.deb')], { stdio: 'ignore' });
}

function hasDpkg(): boolean {
  try {
    execFileSync('dpkg-deb', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
