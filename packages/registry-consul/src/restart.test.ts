import { Registry } from '@weft/registry';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signal } from '../test/records.js';
import { openConsulRegistry } from './index.js';

describeOn('consul', describe)('a Consul that is started again empty', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('consul');
  });
  afterAll(() => server?.stop());

  it('has an instance again within seconds, and not only with the next beat', async () => {
    const registry = new Registry(await openConsulRegistry({ address: server.address }), { ttl: '60s' });
    await registry.register({ name: 'orders', id: 'orders-1', host: '10.0.0.1', port: 1 });
    await server.restart({ empty: true });
    const reader = await openConsulRegistry({ address: server.address });
    const ids = async () => (await reader.list('orders', { signal })).map(({ id }) => id);
    await vi.waitFor(async () => expect(await ids()).toEqual(['orders-1']), { timeout: 10_000, interval: 50 });
    await Promise.all([registry.close(), reader.close()]);
  });
});
