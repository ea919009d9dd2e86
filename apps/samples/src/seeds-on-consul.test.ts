import { describeOn, findServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe } from 'vitest';

/** Every file of samples that names a registry. They run elsewhere without a server; here only the words of backend.ts differ. */
const SAMPLES = {
  'the basics': () => import('./seed-basics.test.js'),
  'the advanced features': () => import('./seed-advanced.test.js'),
  'the interfaces': () => import('./seed-interfaces.test.js'),
  'the config': () => import('./seed-config.test.js'),
  'the test of a microservice': () => import('./seed-17-microservice.test.js'),
  'the monitoring': () => import('./seed-monitoring.test.js'),
  'the practices': () => import('./seed-practices.test.js'),
  'the registry of the public API': () => import('./api-registry.test.js'),
  'the config center of the public API': () => import('./api-config-center.test.js'),
};

describeOn('consul', describe)('on a real Consul, as the seed writes them (S46, S58, S112, S113, S126, S127)', async () => {
  const server = 'missing' in findServer('consul') ? undefined : await startServer('consul');
  if (server) process.env.SAMPLES_CONSUL = server.address;
  afterAll(() => server?.stop());

  for (const [name, load] of Object.entries(SAMPLES)) {
    describe(name, async () => {
      beforeAll(() => server?.restart({ empty: true }));
      await load();
    });
  }
});
