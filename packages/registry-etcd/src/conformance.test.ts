import { keepReport, registrySuite } from '@weft/conformance';
import { superviseDriver } from '@weft/registry';
import { findServer, type RunningServer, type ServerName, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openEtcdRegistry } from './index.js';

const reports = (['etcd', 'etcd35'] as const).map(conforms);

afterAll(() => keepReport(reports, new URL('..', import.meta.url)));

function conforms(name: ServerName) {
  const found = findServer(name);
  const reason = 'missing' in found ? `: ${found.missing}` : ` ${found.version}`;
  let server: RunningServer;
  beforeAll(async () => {
    if (!('missing' in found)) server = await startServer(name, { data: 'disk' });
  });
  afterAll(() => server?.stop());
  const runner = { it, describe: (title: string, body: () => void) => describe.skipIf('missing' in found)(title + reason, body) };
  return registrySuite(runner, {
    name: `registry-etcd on ${name}`,
    open: () => openEtcdRegistry({ address: server.address }),
    supervise: superviseDriver,
    restart: () => server.restart(),
    wipe: () => server.restart({ empty: true }),
  });
}
