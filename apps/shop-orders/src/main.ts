import { fileURLToPath } from 'node:url';
import { ServiceError } from '@weft/core';
import { createHost } from '@weft/host';

interface Order {
  readonly id: string;
  readonly userId: string;
  readonly items: readonly string[];
}

const host = await createHost(fileURLToPath(new URL('../weft.config.ts', import.meta.url)));
const { service } = host;
if (!service) throw new Error('weft.config.ts has no service block');
const users = host.client('users');
const orders: Order[] = [];

/** The user, or the error that the seed answers with (S173). */
async function findUser(userId: string): Promise<unknown> {
  const reply = await users.get(`/users/${encodeURIComponent(userId)}`);
  if (reply.statusCode === 404) throw new ServiceError(422, 'Validation failed', `no user with id ${userId}`);
  if (reply.statusCode !== 200) throw new ServiceError(500, 'Failed to get user', `users answered ${reply.statusCode}`);
  return reply.data;
}

service.addHandler<{ userId?: string; items?: string[] }>('POST /orders', async ({ body, json, log }) => {
  if (!body?.userId) throw new ServiceError(422, 'Validation failed', 'userId is required');
  await findUser(body.userId);
  const order = { id: `${service.id}-${orders.length + 1}`, userId: body.userId, items: body.items ?? [] };
  orders.push(order);
  if (orders.length > 10_000) orders.splice(0, 5_000);
  log.info('order created', { order: order.id });
  return json(order, { status: 201 });
});

service.addHandler('GET /users/:id/orders', async ({ params, log }) => {
  const user = await findUser(params.id ?? '');
  log.info('orders read', { user: params.id });
  return { user, orders: orders.filter(({ userId }) => userId === params.id).slice(-10) };
});

await host.start();
