import { keepReport, rateLimitSuite } from '@weft/conformance';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openRedisRateLimits } from './index.js';

describeOn('redis', describe)('conformance', () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer('redis', { data: 'disk' });
  });
  afterAll(() => server?.stop());

  const report = rateLimitSuite(
    { describe, it },
    {
      name: 'ratelimit-redis',
      open: () => openRedisRateLimits({ address: server.address }),
      restart: () => server.restart(),
      wipe: async () => void (await server.run(['flushall'])),
    },
  );

  afterAll(() => keepReport([report], new URL('..', import.meta.url)));
});
