import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeOn } from './describe-on.js';
import { findServer } from './find-server.js';
import { serverNames } from './server-name.js';
import { startServer } from './start-server.js';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-find-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('findServer', () => {
  beforeEach(() => {
    vi.stubEnv('WEFT_SERVERS', 'on');
  });

  it.each(serverNames)('says how to obtain %s where there is none', (name) => {
    const missing = `no ${name} here: it is obtained by npm run servers -- obtain ${name}`;
    expect(findServer(name, { folder, path: '' })).toEqual({ missing });
  });

  it('says why obtaining it failed', () => {
    writeFileSync(join(folder, 'consul.missing'), 'Debian bullseye: no network\n');
    expect(findServer('consul', { folder, path: '' })).toEqual({ missing: 'no consul here: Debian bullseye: no network' });
  });

  it('finds none when servers are switched off', () => {
    vi.stubEnv('WEFT_SERVERS', 'off');
    expect(findServer('redis')).toEqual({ missing: 'no redis here: WEFT_SERVERS is off' });
  });

  it('finds one that is installed, with its tool', () => {
    install('etcd', 'etcd Version: 3.6.1');
    expect(findServer('etcd', { folder, path: folder })).toEqual({ missing: expect.stringContaining('no etcd here') });
    install('etcdctl', '');
    expect(findServer('etcd', { folder, path: `/nowhere:${folder}` })).toMatchObject({ version: '3.6.1', from: 'PATH' });
  });

  it('takes no installed one that is too old or broken, and says so', () => {
    for (const program of ['etcd', 'etcdctl']) install(program, 'etcd Version: 3.4.23');
    expect(findServer('etcd', { folder, path: folder })).toMatchObject({ version: '3.4.23' });
    expect(findServer('etcd35', { folder, path: folder })).toEqual({
      missing: expect.stringMatching(/^no etcd35 here: .*etcd is 3\.4\.23, and 3\.5 or newer is needed; it is obtained by/),
    });
    install('etcd', 'libsomething is missing');
    expect(findServer('etcd', { folder, path: folder })).toEqual({
      missing: expect.stringContaining('etcd does not run here: libsomething is missing'),
    });
  });
});

describe('describeOn', () => {
  const group = (kind: string) => (title: string, define: () => void) => {
    titles.push(`${kind} ${title}`);
    define();
  };
  let titles: string[] = [];
  const describing = Object.assign(group('run'), { skip: group('skip') });

  it('skips every group on a missing server, with the reason in the title of the outermost', () => {
    titles = [];
    vi.stubEnv('WEFT_SERVERS', 'off');
    const on = describeOn('redis', describing);
    on('keys', () => on('that expire', () => undefined));
    on('scripts', () => undefined);
    const reason = 'no redis here: WEFT_SERVERS is off';
    expect(titles).toEqual([`skip keys: ${reason}`, 'run that expire', `skip scripts: ${reason}`]);
  });

  it.each(serverNames)('leaves groups on %s as they are where it is', (name) => {
    titles = [];
    describeOn(name, describing)('keys', () => undefined);
    const found = findServer(name);
    expect(titles).toEqual(['missing' in found ? `skip keys: ${found.missing}` : 'run keys']);
  });
});

describeOn('redis', describe)('startServer', () => {
  it('refuses a port that somebody else has, with the words of the server', async () => {
    const first = await startServer('redis');
    await expect(startServer('redis', { port: first.port })).rejects.toThrow(/Address already in use/i);
    await first.stop();
  });

  it('gives servers that are started at the same time different ports', async () => {
    const servers = await Promise.all([1, 2, 3].map(() => startServer('redis')));
    expect(new Set(servers.map(({ port }) => port)).size).toBe(3);
    await Promise.all(servers.map((server) => server.stop()));
  });
});

function install(program: string, prints: string): void {
  const file = join(folder, program);
  writeFileSync(file, `#!/bin/sh\necho "${prints}"\n`);
  chmodSync(file, 0o755);
}
