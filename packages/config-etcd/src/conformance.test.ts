import { configSuite, keepReport } from '@weft/conformance';
import { findServer, type RunningServer, type ServerName, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openEtcdConfig } from './index.js';

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
  return configSuite(runner, {
    name: `config-etcd on ${name}`,
    supports: { history: true },
    open: () => openEtcdConfig({ address: server.address }),
    write: async (key, text) => void (await server.run(['put', key, text])),
    restart: () => server.restart(),
    wipe: () => server.restart({ empty: true }),
  });
}
