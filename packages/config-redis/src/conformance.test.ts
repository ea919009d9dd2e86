import { configSuite, keepReport } from '@weft/conformance';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openRedisConfig } from './index.js';

describeOn('redis', describe)('on a Redis', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('redis', { data: 'disk' });
  });
  afterAll(() => server.stop());

  const report = configSuite(
    { describe, it },
    {
      name: 'config-redis',
      supports: { history: false },
      open: () => openRedisConfig({ address: server.address }),
      write: async (key, text) => void (await server.run(['set', key, text])),
      restart: () => server.restart(),
      wipe: async () => void (await server.run(['flushall'])),
    },
  );

  afterAll(() => keepReport([report], new URL('..', import.meta.url)));
});
