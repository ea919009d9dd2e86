import { createClient, createServiceDiscovery } from '@weft/host';
import type { RequestContext } from '@weft/service';
import { describe, expect, it, onTestFinished } from 'vitest';
import { REGISTRY } from './backend.js';
import { inSampleFolder } from './sample-folder.js';
import { withUserService } from './seed-01-basic.js';
import { createUserClient, type Order, OrderController } from './seed-02-communication.js';
import { UserOrdersController } from './seed-03-discovery.js';
import { startedService } from './started-service.js';

inSampleFolder();

describe('seed 01: a basic service', () => {
  it('is found by a client without a service name, with version and metadata, and stopped at the end (S11, S32, S34, S35, S57)', async () => {
    let stopped: (() => boolean) | undefined;
    await withUserService(async (service, client) => {
      stopped = () => !service.isRunning() && !service.isRegistered();
      expect(service.isRegistered()).toBe(true);
      const health = await client.call('GET', '/health', null, { service: 'user-service' });
      expect(health.statusCode).toBe(200);
      expect(health.instance).toMatchObject({
        name: 'user-service',
        version: '1.0.0',
        healthPath: '/health',
        metadata: { environment: 'production', region: 'us-west-1' },
      });
      expect(client.getTimeout()).toBe(30_000);
      expect(client.getLoadBalancer('user-service').strategy).toBe('round_robin');
    });
    expect(stopped?.()).toBe(true);
  });

  it('is stopped also when the work fails (S35)', async () => {
    let isRunning = (): boolean => true;
    const work = withUserService(async (service) => {
      isRunning = () => service.isRunning();
      throw new Error('on purpose');
    });
    await expect(work).rejects.toThrow('on purpose');
    expect(isRunning()).toBe(false);
  });
});

describe('seed 02: communication between services', () => {
  async function ordering(saved: Order[]) {
    const userClient = await createUserClient();
    onTestFinished(() => userClient.close());
    const controller = new OrderController(userClient, {
      async createOrder(order) {
        if (order.items.includes('unsellable')) throw new Error('constraint');
        saved.push(order);
      },
    });
    await startedService(
      { name: 'orders' },
      {
        'POST /orders': (request) => controller.createOrder(request as RequestContext<Pick<Order, 'items'>>),
      },
    );
    const orders = await createClient({ serviceName: 'orders', registry: REGISTRY });
    onTestFinished(() => orders.close());
    return orders;
  }

  it('asks for the user first, then saves the order and answers 201 (S12, S16, S18, S19, S20, S28, S171)', async () => {
    const saved: Order[] = [];
    await startedService({ name: 'user-service' }, { 'GET /users/:id': ({ params }) => ({ id: Number(params.id) }) });
    const orders = await ordering(saved);
    const reply = await orders.call('POST', '/orders', { items: ['book'] });
    expect(reply.statusCode).toBe(201);
    expect(reply.data).toEqual({ userId: 123, items: ['book'] });
    expect(saved).toEqual([{ userId: 123, items: ['book'] }]);
  });

  it('answers 500 when the user service fails, and when the order cannot be saved (S30, S173)', async () => {
    const saved: Order[] = [];
    let status = 404;
    await startedService({ name: 'user-service' }, { 'GET /users/:id': ({ json }) => json({ id: 123 }, { status }) });
    const orders = await ordering(saved);
    const noUser = await orders.call('POST', '/orders', { items: ['book'] });
    expect([noUser.statusCode, noUser.data]).toEqual([500, { error: 'Failed to get user info', code: 500 }]);
    status = 200;
    const noOrder = await orders.call('POST', '/orders', { items: ['unsellable'] });
    expect([noOrder.statusCode, noOrder.data]).toEqual([500, { error: 'Failed to create order', code: 500 }]);
    expect(saved).toEqual([]);
  });

  it('gives a call 5 s of its own, whatever the client says (S19)', async () => {
    let leftMs = Number.POSITIVE_INFINITY;
    await startedService(
      { name: 'user-service' },
      {
        'GET /users/:id': ({ deadline }) => {
          leftMs = deadline.leftMs();
          return { id: 123 };
        },
      },
    );
    const orders = await ordering([]);
    await orders.call('POST', '/orders', { items: [] });
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(5_000);
  });
});

describe('seed 03: discovery', () => {
  async function userOrders() {
    const discovery = await createServiceDiscovery(REGISTRY);
    onTestFinished(() => discovery.close());
    const controller = new UserOrdersController(discovery, {
      getOrdersByUserId: async (userId) => [{ id: '1', userId }],
    });
    await startedService({ name: 'orders' }, { 'GET /users/:id/orders': (request) => controller.getUserOrders(request) });
    const orders = await createClient({ serviceName: 'orders', registry: REGISTRY });
    onTestFinished(() => orders.close());
    return orders;
  }

  it('hands over a service that can be called, and joins user and orders (S17, S31, S172)', async () => {
    await startedService({ name: 'user-service' }, { 'GET /users/:id': ({ params }) => ({ id: params.id, name: 'Ann' }) });
    const reply = await (await userOrders()).get('/users/7/orders');
    expect(reply.statusCode).toBe(200);
    expect(reply.data).toEqual({ user: { id: '7', name: 'Ann' }, orders: [{ id: '1', userId: '7' }] });
  });

  it('answers 503 when no user service is registered (S30, S173)', async () => {
    const reply = await (await userOrders()).call('GET', '/users/7/orders', null, { retries: 0 });
    expect(reply.statusCode).toBe(503);
    expect(reply.data).toEqual({ error: 'User service not available', code: 503 });
  });

  it('answers 500 when the user service fails (S30)', async () => {
    await startedService({ name: 'user-service' }, { 'GET /users/:id': ({ json }) => json({}, { status: 404 }) });
    const reply = await (await userOrders()).call('GET', '/users/7/orders', null, { retries: 0 });
    expect([reply.statusCode, reply.data]).toEqual([500, { error: 'Failed to get user', code: 500 }]);
  });
});
