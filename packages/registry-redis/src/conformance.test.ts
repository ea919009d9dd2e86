import { keepReport, registrySuite } from '@weft/conformance';
import { superviseDriver } from '@weft/registry';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openRedisRegistry } from './index.js';

describeOn('redis', describe)('on a Redis', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('redis', { data: 'disk' });
  });
  afterAll(() => server.stop());

  const report = registrySuite(
    { describe, it },
    {
      name: 'registry-redis',
      open: () => openRedisRegistry({ address: server.address }),
      supervise: superviseDriver,
      restart: () => server.restart(),
      wipe: async () => void (await server.run(['flushall'])),
    },
  );

  afterAll(() => keepReport([report], new URL('..', import.meta.url)));
});
