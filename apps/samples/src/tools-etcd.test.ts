import { createClient, createConfigClient, createService } from '@weft/host';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { inSampleFolder } from './sample-folder.js';

inSampleFolder();

const POLL = { timeout: 15_000, interval: 100 };

let server: RunningServer;

function backend() {
  return { driver: 'etcd', address: server.address };
}

async function openConfig() {
  const config = await createConfigClient({ ...backend(), prefix: 'config' });
  onTestFinished(() => config.close());
  return config;
}

describeOn('etcd', describe)("etcd's own tool", () => {
  beforeAll(async () => {
    server = await startServer('etcd');
  });
  afterAll(() => server.stop());

  it('lists our instances as JSON under the prefix weft, and no longer when they have left', async () => {
    const service = await createService({ id: 'orders-1', name: 'orders', version: '1.2.3', registry: backend() });
    onTestFinished(() => service.stop({ immediate: true }));
    await service.start();
    const records = async () => (await server.run(['get', '--prefix', 'weft', '--print-value-only'])).split('\n').filter(Boolean);
    expect((await records()).map((text) => JSON.parse(text))).toContainEqual(
      expect.objectContaining({ id: 'orders-1', name: 'orders', version: '1.2.3', status: 'up' }),
    );
    expect(await server.run(['get', '--prefix', 'weft', '--keys-only'])).toContain('orders/orders-1');
    await service.stop({ immediate: true });
    await expect.poll(records, POLL).toEqual([]);
  });

  it('takes an instance away, and it comes back by itself', async () => {
    const service = await createService({ name: 'orders', registry: { ...backend(), ttl: '3s' } });
    service.addHandler('GET /', () => ({ ok: true }));
    onTestFinished(() => service.stop({ immediate: true }));
    await service.start();
    expect(Number(await server.run(['del', '--prefix', 'weft']))).toBe(1);
    const client = await createClient({ serviceName: 'orders', registry: backend() });
    onTestFinished(() => client.close());
    await expect.poll(() => server.run(['get', '--prefix', 'weft', '--keys-only']), POLL).toContain(service.id);
    expect((await client.get('/')).data).toEqual({ ok: true });
  });

  it('reads our values', async () => {
    const config = await openConfig();
    await config.set('database', { host: 'db-1' });
    expect(JSON.parse(await server.run(['get', 'config/database', '--print-value-only']))).toEqual({ host: 'db-1' });
  });

  it('writes a value that our watch sees', async () => {
    const config = await openConfig();
    const seen: unknown[] = [];
    const ending = new AbortController();
    const watching = (async () => {
      for await (const value of config.watch('by-hand', { signal: ending.signal })) seen.push(value);
    })();
    await expect.poll(() => seen, POLL).toEqual([undefined]);
    await server.run(['put', 'config/by-hand', '{"host":"a"}']);
    await expect.poll(() => seen.at(-1), POLL).toEqual({ host: 'a' });
    await server.run(['del', 'config/by-hand']);
    await expect.poll(() => seen.at(-1), POLL).toBeUndefined();
    ending.abort();
    await watching;
  });
});
