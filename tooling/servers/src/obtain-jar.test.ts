import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findServer } from './find-server.js';
import { installServer } from './install-server.js';
import { obtainServers } from './obtain-servers.js';

const JAR = 'zipkin-server-3.4.4-exec.jar';
let root = '';
let folder = '';

/** A machine whose Maven and Java are scripts of ours. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weft-jar-'));
  folder = join(root, 'servers');
  vi.stubEnv('WEFT_SERVERS', 'on');
  vi.stubEnv('WEFT_SERVERS_CACHE', join(root, 'cache'));
  program('java', 'echo \'openjdk version "21.0.2" 2024-01-16\' >&2');
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

describe('obtaining a server that is a file for Java', () => {
  it("is done by the machine's Maven, by coordinates; it can be found then, and is run by Java", async () => {
    program('mvn', `echo "$@" > '${join(root, 'asked')}'; echo jar > '${JAR}'`);
    expect(await obtainZipkin()).toMatchObject({
      version: '3.4.4',
      from: 'Maven',
      program: join(root, 'java'),
      firstArgs: expect.arrayContaining(['-jar', join(folder, 'zipkin', JAR)]),
    });
    expect(findServer('zipkin', { folder, path: root })).toEqual(await obtainZipkin());
    expect(readdirSync(folder)).toEqual(['zipkin']);
  });

  it('takes a kept file before Maven is asked', async () => {
    mkdirSync(join(root, 'cache', 'maven'), { recursive: true });
    writeFileSync(join(root, 'cache', 'maven', JAR), 'jar');
    expect(await obtainZipkin()).toMatchObject({ version: '3.4.4' });
  });

  it("says that there is no Maven, or what Maven's complaint is, without the address of its repository", async () => {
    expect(await obtainZipkin()).toEqual({ missing: 'no zipkin here: Maven: there is no mvn on the search path' });
    program(
      'mvn',
      'echo "[ERROR] Could not find it in central (https://repository.example/maven2)"; echo "[ERROR] more"; exit 1',
    );
    expect(await obtainZipkin()).toEqual({ missing: 'no zipkin here: Maven: Could not find it in central' });
    expect(existsSync(join(folder, 'zipkin'))).toBe(false);
  });

  it('is missing where Java is, or is too old', async () => {
    program('mvn', `echo jar > '${JAR}'`);
    await obtainZipkin();
    program('java', 'echo \'java version "1.8.0_402"\' >&2');
    const old = `no zipkin here: ${join(root, 'java')} is Java 8; it needs Java 17 or newer`;
    expect(findServer('zipkin', { folder, path: root })).toEqual({ missing: old });
    const none = 'no zipkin here: there is no java on the search path; it needs Java 17 or newer';
    expect(findServer('zipkin', { folder, path: '' })).toEqual({ missing: none });
  });

  it('is never done for everybody by apt', async () => {
    await expect(installServer('zipkin')).rejects.toThrow('zipkin is a file for Java, not a package');
  });
});

async function obtainZipkin() {
  const found = await obtainServers(['zipkin'], { folder, path: root, insist: true });
  return found.get('zipkin');
}

function program(name: string, does: string): void {
  writeFileSync(join(root, name), `#!/bin/sh\n${does}\n`);
  chmodSync(join(root, name), 0o755);
}
