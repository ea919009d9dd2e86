import { createClient, createConfigClient, createService } from '@weft/host';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { inSampleFolder } from './sample-folder.js';

inSampleFolder();

const POLL = { timeout: 15_000, interval: 100 };

let server: RunningServer;

function backend() {
  return { driver: 'redis', address: server.address };
}

async function openConfig() {
  const config = await createConfigClient({ ...backend(), prefix: 'config' });
  onTestFinished(() => config.close());
  return config;
}

describeOn('redis', describe)("Redis's own tool", () => {
  beforeAll(async () => {
    server = await startServer('redis');
  });
  afterAll(() => server.stop());

  it('shows our instances as JSON in the hash of their service, and no longer when they have left', async () => {
    const service = await createService({ id: 'orders-1', name: 'orders', version: '1.2.3', registry: backend() });
    onTestFinished(() => service.stop({ immediate: true }));
    await service.start();
    const record = () => server.run(['--raw', 'hget', 'weft:services:{orders}', 'orders-1']);
    expect(JSON.parse(await record())).toMatchObject({ id: 'orders-1', name: 'orders', version: '1.2.3', status: 'up' });
    await service.stop({ immediate: true });
    await expect.poll(async () => (await record()).trim(), POLL).toBe('');
  });

  it('forgets everything, and our instance comes back by itself', async () => {
    const service = await createService({ name: 'orders', registry: { ...backend(), ttl: '3s' } });
    service.addHandler('GET /', () => ({ ok: true }));
    onTestFinished(() => service.stop({ immediate: true }));
    await service.start();
    await server.run(['flushall']);
    await expect.poll(() => server.run(['--raw', 'hkeys', 'weft:services:{orders}']), POLL).toContain(service.id);
    const client = await createClient({ serviceName: 'orders', registry: backend() });
    onTestFinished(() => client.close());
    expect((await client.get('/')).data).toEqual({ ok: true });
  });

  it('reads our values', async () => {
    const config = await openConfig();
    await config.set('database', { host: 'db-1' });
    expect(JSON.parse(await server.run(['--raw', 'get', 'config/database']))).toEqual({ host: 'db-1' });
  });

  it('writes a value that our watch sees', async () => {
    const config = await openConfig();
    const seen: unknown[] = [];
    const ending = new AbortController();
    const watching = (async () => {
      for await (const value of config.watch('by-hand', { signal: ending.signal })) seen.push(value);
    })();
    await expect.poll(() => seen, POLL).toEqual([undefined]);
    await server.run(['set', 'config/by-hand', '{"host":"a"}']);
    await expect.poll(() => seen.at(-1), POLL).toEqual({ host: 'a' });
    await server.run(['del', 'config/by-hand']);
    await expect.poll(() => seen.at(-1), POLL).toBeUndefined();
    ending.abort();
    await watching;
  });
});
