import { type StandardSchemaV1, WeftError } from '@weft/core';
import { createCircuitBreaker, createClient, createLoadBalancer } from '@weft/host';
import type { ServiceHandler } from '@weft/service';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOrdersClient, exportOrders } from './api-client.js';
import { inSampleFolder } from './sample-folder.js';
import { startedService } from './started-service.js';

inSampleFolder();

interface Order {
  readonly id: string;
}

const orderSchema: StandardSchemaV1<unknown, Order> = {
  '~standard': {
    version: 1,
    vendor: 'samples',
    validate(value) {
      const { id } = value as Partial<Order>;
      return typeof id === 'string' ? { value: { id } } : { issues: [{ message: 'expected text', path: ['id'] }] };
    },
  },
};

const HANDLERS: Readonly<Record<string, ServiceHandler>> = {
  'GET /orders/:id': ({ params }) => ({ id: params.id }),
  'POST /orders': ({ headers, json }) => json({ key: headers['idempotency-key'], user: headers['x-user'] }, { status: 201 }),
  'GET /orders/export': async function* () {
    yield Buffer.from('one,');
    yield Buffer.from('two');
  },
  'GET /slow': () => new Promise(() => {}),
  'GET /broken': () => {
    throw new Error('down');
  },
};

async function callingOrders() {
  await startedService({ name: 'orders', id: 'orders-1' }, HANDLERS);
  const orders = await createOrdersClient();
  onTestFinished(() => orders.close());
  return orders;
}

describe('the client of the public API', () => {
  it('calls and reads the answer in every form (S16, S17, S27, S28, S29)', async () => {
    const orders = await callingOrders();
    const reply = await orders.call('GET', '/orders/7');
    expect([reply.statusCode, reply.headers['content-type'], reply.data]).toEqual([200, 'application/json', { id: '7' }]);
    expect([reply.text(), reply.size, reply.raw.byteLength]).toEqual(['{"id":"7"}', 10, 10]);
    expect(reply.json(orderSchema)).toEqual({ id: '7' });
    expect([reply.instance.id, reply.degraded]).toEqual(['orders-1', false]);
    expect(reply.attempts).toMatchObject([{ instance: 'orders-1', outcome: 'status 200' }]);
  });

  it('sends a body with a key, headers, a limit and a signal of its own (S19)', async () => {
    const orders = await callingOrders();
    expect((await orders.get('/orders/7')).statusCode).toBe(200);
    expect((await orders.post('/orders', {})).statusCode).toBe(201);
    const { signal } = new AbortController();
    const options = { timeout: '500ms', signal, idempotencyKey: 'abc', headers: { 'x-user': '1' } };
    const reply = await orders.call('POST', '/orders', { items: [] }, options);
    expect([reply.statusCode, reply.data]).toEqual([201, { key: 'abc', user: '1' }]);
  });

  it('cancels a call that was made asynchronously (S21)', async () => {
    const orders = await callingOrders();
    const pending = orders.callAsync('GET', '/slow');
    pending.cancel();
    expect(await pending.catch((error) => error.code)).toBe('WEFT_CANCELLED');
  });

  it('hands over a body in pieces', async () => {
    expect(await exportOrders(await callingOrders())).toBe('one,two');
  });

  it('gives back what was set (S22-S26)', async () => {
    const orders = await callingOrders();
    expect([orders.getTimeout(), orders.getRetries(), orders.getMaxRetries()]).toEqual([3_000, 2, 5]);
    orders.setTimeout('5s');
    orders.setRetries(1);
    orders.setMaxRetries(3);
    expect([orders.getTimeout(), orders.getRetries(), orders.getMaxRetries()]).toEqual([5_000, 1, 3]);
    const [breaker, balancer] = [createCircuitBreaker(), createLoadBalancer('random')];
    orders.setCircuitBreaker(breaker);
    orders.setLoadBalancer(balancer);
    expect([orders.getCircuitBreaker(), orders.getLoadBalancer()]).toEqual([breaker, balancer]);
    const order: string[] = [];
    orders.setMiddleware((next) => (request) => {
      order.push('first');
      return next(request);
    });
    orders.use((next) => (request) => {
      order.push('second');
      return next(request);
    });
    await orders.get('/orders/7');
    expect(order).toEqual(['first', 'second']);
    expect(orders.getMiddleware()).toBeTypeOf('function');
  });

  it('tells that a breaker opens and that an instance is left alone (S67)', async () => {
    const orders = await callingOrders();
    const told: unknown[] = [];
    orders.on('discovery.stale', (event) => told.push(event));
    orders.on('instance.ejected', (event) => told.push(event));
    orders.on('breaker.state', (event) => told.push(event));
    orders.setRetries(0);
    for (let call = 0; call < 5; call++) await orders.get('/broken');
    expect(told).toContainEqual({ service: 'orders', state: 'open', previous: 'closed' });
  });

  it('fails with a WeftError that says what was tried (S30)', async () => {
    const orders = await callingOrders();
    const error = await orders.call('GET', '/slow', null, { timeout: '100ms', retries: 0 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WeftError);
    expect(error).toMatchObject({
      code: 'WEFT_DEADLINE_EXCEEDED',
      retryable: true,
      ambiguous: true,
      attempts: [{ instance: 'orders-1', outcome: expect.any(String), durationMs: expect.any(Number) }],
    });
  });

  it('tells what became of a call, and why (S30)', async () => {
    const orders = await callingOrders();
    const error = await orders.call('GET', '/slow', null, { timeout: '100ms', retries: 0 }).catch((reason: unknown) => reason);
    expect(orders.explain(error)).toMatchObject({
      call: 'GET orders/slow',
      code: 'WEFT_DEADLINE_EXCEEDED',
      rule: expect.any(String),
      candidates: [{ instance: 'orders-1', tries: 1 }],
      attempts: [{ instance: 'orders-1' }],
    });
  });

  it('makes many calls in batches and tells of each what became of it, in order (S149)', async () => {
    const orders = await callingOrders();
    const requests = [
      { method: 'GET', path: '/orders/1' },
      { method: 'GET', path: '/slow', options: { timeout: '50ms' } },
    ];
    const results = await orders.batchCall(requests, { batchSize: 10, batchTimeout: '1s' });
    expect(results).toMatchObject([
      { ok: true, value: { data: { id: '1' } } },
      { ok: false, error: { code: 'WEFT_DEADLINE_EXCEEDED' } },
    ]);
  });

  it('says so when a fallback answers in place of the service (S8)', async () => {
    await callingOrders();
    const policies = { 'orders GET /broken': { retries: 0, fallback: { value: [] } } };
    const orders = await createClient({ serviceName: 'orders', registry: { driver: 'file', path: './.weft' }, policies });
    onTestFinished(() => orders.close());
    const { degraded, data, attempts } = await orders.get('/broken');
    expect({ degraded, data, tries: attempts.length }).toEqual({ degraded: true, data: [], tries: 1 });
  });

  it('calls several services when it has no name of its own (S11)', async () => {
    await startedService({ name: 'users' }, { 'GET /users/:id': ({ params }) => ({ id: params.id }) });
    const client = await createClient({ registry: { driver: 'file', path: './.weft' } });
    onTestFinished(() => client.close());
    expect((await client.call('GET', '/users/1', null, { service: 'users' })).data).toEqual({ id: '1' });
    expect((await client.service('users').call('GET', '/users/1')).data).toEqual({ id: '1' });
    await expect(client.call('GET', '/users/1')).rejects.toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
  });

  it('closes when its calls have ended, and refuses new ones (S211)', async () => {
    const orders = await callingOrders();
    const last = orders.get('/orders/7');
    await orders.close();
    expect((await last).statusCode).toBe(200);
    await expect(orders.get('/orders/7')).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });
});
