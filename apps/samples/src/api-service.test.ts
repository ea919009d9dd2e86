import { createRegistry } from '@weft/host';
import type { Service } from '@weft/service';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOrders } from './api-service.js';
import { inSampleFolder } from './sample-folder.js';
import { urlOf } from './started-service.js';

inSampleFolder();

async function startedOrders(cache = { ping: async () => 'PONG' }): Promise<Service> {
  const service = await createOrders({
    db: { query: async () => [] },
    cache,
    expressApp: (request, response) => void response.end(`legacy ${request.url}`),
  });
  onTestFinished(() => service.stop({ immediate: true }));
  await service.start();
  return service;
}

async function answerOf(url: string, init?: RequestInit): Promise<readonly [status: number, body: unknown]> {
  const response = await fetch(url, init);
  return [response.status, await response.json()];
}

describe('the service of the public API', () => {
  it('answers with plain values, json with a status, and errors with a body (S40, S174, S177, S193, S194)', async () => {
    const service = await startedOrders();
    expect(await answerOf(urlOf(service, '/orders/7'))).toEqual([200, { id: '7', leftMs: null }]);
    expect(await answerOf(urlOf(service, '/orders/0'))).toEqual([
      404,
      { error: 'Order not found', code: 404, details: 'no order with id 0' },
    ]);
    const order = { method: 'POST', body: '{"items":["book"]}', headers: { 'content-type': 'application/json' } };
    expect(await answerOf(urlOf(service, '/orders'), order)).toEqual([201, { items: ['book'], id: '1' }]);
  });

  it('gives a handler all there is to know about a request (S191, S193)', async () => {
    const service = await startedOrders();
    const [status, facts] = await answerOf(urlOf(service, '/request?page=2'), { headers: { 'x-user': '1' } });
    expect(status).toBe(200);
    expect(facts).toMatchObject({
      params: {},
      query: { page: '2' },
      user: '1',
      gone: false,
      hasDeadline: true,
      version: 'latest',
    });
    expect(facts).toMatchObject({ traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });

  it('keeps everybody at the plain handler who does not ask for a version (S185-S190)', async () => {
    const service = await startedOrders();
    const asking = (version: string) => answerOf(urlOf(service, '/orders/7'), { headers: { 'X-API-Version': version } });
    const latest = [200, { id: '7', leftMs: null }];
    expect([await asking('2.0.0'), await asking(''), await asking('9.9.9')]).toEqual([[200, { v: 2 }], latest, latest]);
  });

  it('mounts what answers (request, response) below a path', async () => {
    const service = await startedOrders();
    const response = await fetch(urlOf(service, '/legacy/cart?a=1'));
    expect([response.status, await response.text()]).toEqual([200, 'legacy /cart?a=1']);
  });

  it('reports its checks at the health path, and 503 when one fails (S179-S184)', async () => {
    const well = await startedOrders();
    expect(await answerOf(urlOf(well, '/health'))).toMatchObject([200, { status: 'healthy' }]);
    const ill = await startedOrders({ ping: () => Promise.reject(new Error('no route')) });
    expect(await answerOf(urlOf(ill, '/health'))).toMatchObject([
      503,
      { status: 'unhealthy', checks: { database: { status: 'healthy' }, cache: { status: 'failed', error: 'no route' } } },
    ]);
  });

  it('tells where it is and what it is, and publishes what changes (S36, S39, S42, S44, S45, S57)', async () => {
    const service = await startedOrders();
    expect(service.port).toBeGreaterThan(0);
    expect([service.address, service.isRunning(), service.isRegistered()]).toEqual(['127.0.0.1', true, true]);
    expect(service.id).toMatch(/^orders-\w{8}$/);
    expect([...service.getHandlers().keys()]).toContain('POST /orders');
    expect([service.getVersion(), service.getMetadata()]).toEqual(['1.0.0', { environment: 'production', region: 'us-west-1' }]);
    service.setMetadata({ weight: '2' });
    service.setVersion('1.0.1');
    const registry = await createRegistry({ driver: 'file', path: './.weft' });
    onTestFinished(() => registry.close());
    for await (const { instances } of registry.watch('orders', { signal: AbortSignal.timeout(20_000) })) {
      const record = instances.find(({ id }) => id === service.id);
      if (record?.version === '1.0.1' && record.metadata.weight === '2') return;
    }
    throw new Error('the change was not published within 20 s');
  });

  it('loses a handler, leaves the registry and comes back, drains and stops (S35, S37, S38, S41)', async () => {
    const service = await startedOrders();
    let isDraining = false;
    service.on('draining', () => {
      isDraining = true;
    });
    service.removeHandler('POST /orders');
    expect((await fetch(urlOf(service, '/orders'), { method: 'POST' })).status).toBe(404);
    await service.deregister();
    expect([service.isRunning(), service.isRegistered()]).toEqual([true, false]);
    await service.register();
    expect(service.isRegistered()).toBe(true);
    await service.stop();
    expect([isDraining, service.isRunning(), service.isRegistered()]).toEqual([true, false, false]);
  });
});
