import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FoundServer, findServer, type MissingServer } from './find-server.js';
import { isJarServer } from './jar-source.js';
import { runProgram } from './run-program.js';
import type { ServerName } from './server-name.js';
import { serverSources } from './server-source.js';

/** The machine to install on; for tests. */
export interface InstallOptions {
  /** The file that says which Debian this is; default `/etc/os-release`. */
  readonly releaseFile?: string;
  /** The file that keeps a package from starting its daemon; default `/usr/sbin/policy-rc.d`. */
  readonly policyFile?: string;
}

/**
 * Installs a server for everybody on this machine, with the machine's own apt and without starting a daemon. Needs root.
 * @returns what `findServer` says about it now
 * @throws Error if the machine's own Debian has no such server, or with what apt said
 */
export async function installServer(
  name: ServerName,
  { releaseFile = '/etc/os-release', policyFile = '/usr/sbin/policy-rc.d' }: InstallOptions = {},
): Promise<FoundServer | MissingServer> {
  if (isJarServer(name)) throw new Error(`${name} is a file for Java, not a package; without --install it is put into .servers`);
  const { suite, packages } = serverSources[name];
  const release = existsSync(releaseFile) ? readFileSync(releaseFile, 'utf8') : '';
  const own = /^VERSION_CODENAME="?([\w-]+)/m.exec(release)?.[1];
  if (own !== suite) {
    throw new Error(
      `${name} is installed from Debian ${suite}, and this is ${own ?? 'no Debian'}; without --install it is unpacked`,
    );
  }
  await withoutDaemons(policyFile, async () => {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await runProgram('apt-get', ['-qq', ...patience, 'update'], { env, timeoutMs: 300_000 });
    const args = ['-qq', '-y', ...patience, 'install', '--no-install-recommends', ...packages];
    await runProgram('apt-get', args, { env, timeoutMs: 600_000 });
  });
  return findServer(name);
}

/** Somebody else may be installing. */
const patience = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];

/** Debian starts what it installs, unless this file forbids it (invoke-rc.d, exit code 101). A file of the machine's own is kept. */
async function withoutDaemons(policyFile: string, work: () => Promise<void>): Promise<void> {
  const isOurs = !existsSync(policyFile);
  if (isOurs) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await work();
  } finally {
    if (isOurs) rmSync(policyFile, { force: true });
  }
}
