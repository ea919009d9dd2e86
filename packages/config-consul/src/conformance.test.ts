import { configSuite, keepReport } from '@weft/conformance';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openConsulConfig } from './index.js';

describeOn('consul', describe)('config-consul on consul', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('consul', { data: 'disk' });
  });
  afterAll(() => server.stop());

  const report = configSuite(
    { describe, it },
    {
      name: 'config-consul',
      supports: { history: false },
      open: () => openConsulConfig({ address: server.address }),
      async write(key, text) {
        await server.run(['kv', 'put', key, text]);
      },
      restart: () => server.restart(),
      async wipe() {
        await server.run(['kv', 'delete', '-recurse', '']);
      },
    },
  );

  afterAll(() => keepReport([report], new URL('..', import.meta.url)));
});
