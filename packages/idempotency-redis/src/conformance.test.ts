import { idempotencySuite, keepReport } from '@weft/conformance';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openRedisIdempotency } from './index.js';

describeOn('redis', describe)('conformance', () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer('redis', { data: 'disk' });
  });
  afterAll(() => server?.stop());

  const report = idempotencySuite(
    { describe, it },
    {
      name: 'idempotency-redis',
      open: () => openRedisIdempotency({ address: server.address }),
      restart: () => server.restart(),
      wipe: async () => void (await server.run(['flushall'])),
    },
  );

  afterAll(() => keepReport([report], new URL('..', import.meta.url)));
});
