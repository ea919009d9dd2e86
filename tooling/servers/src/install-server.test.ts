import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installServer } from './install-server.js';

let folder = '';
let machine = { releaseFile: '', policyFile: '' };

/** A machine whose apt-get only writes down what it was asked, and whether daemons may start. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-install-'));
  machine = { releaseFile: join(folder, 'os-release'), policyFile: join(folder, 'policy-rc.d') };
  writeFileSync(machine.releaseFile, 'ID=debian\nVERSION_CODENAME=bookworm\n');
  apt(`echo "$@ $(sh '${machine.policyFile}'; echo $?)" >> '${join(folder, 'log')}'`);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('installing a server', () => {
  it("is done by the machine's apt, while no daemon may start, and leaves no rule behind", async () => {
    await installServer('redis', machine);
    const [update, install] = readFileSync(join(folder, 'log'), 'utf8').split('\n');
    expect(update).toMatch(/ update 101$/);
    expect(install).toMatch(/ -y .* install --no-install-recommends redis-server redis-tools 101$/);
    expect(existsSync(machine.policyFile)).toBe(false);
  });

  it("keeps the machine's own rule about daemons", async () => {
    writeFileSync(machine.policyFile, 'exit 7\n');
    await installServer('etcd', machine);
    expect(readFileSync(join(folder, 'log'), 'utf8')).toMatch(/ 7\n$/);
    expect(readFileSync(machine.policyFile, 'utf8')).toBe('exit 7\n');
  });

  it('tells what apt said when it fails, and leaves no rule behind', async () => {
    apt('echo "E: are you root?" >&2; exit 100');
    await expect(installServer('redis', machine)).rejects.toThrow('E: are you root?');
    expect(existsSync(machine.policyFile)).toBe(false);
  });

  it('is refused for a server of another Debian', async () => {
    await expect(installServer('consul', machine)).rejects.toThrow(
      'consul is installed from Debian bullseye, and this is bookworm; without --install it is unpacked',
    );
    expect(existsSync(join(folder, 'log'))).toBe(false);
  });
});

function apt(does: string): void {
  writeFileSync(join(folder, 'apt-get'), `#!/bin/sh\n${does}\n`);
  chmodSync(join(folder, 'apt-get'), 0o755);
}
