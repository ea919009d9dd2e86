import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Logger, messageOf, ServiceError } from '@weft/core';
import { createHost } from '@weft/host';
import { type Order, openLedger } from './ledger.js';

const host = await createHost(fileURLToPath(new URL('../weft.config.ts', import.meta.url)));
const { service } = host;
if (!service) throw new Error('weft.config.ts has no service block');
const users = host.client('users');
const ledger = await openLedger(process.env.SHOP_LEDGER);
const orders: Order[] = [];
/** What a receipt takes: who is killed meanwhile has placed the order, and told nobody. */
const RECEIPT_MS = 20;

/** The user and who answered, or the error that the seed answers with (S173). */
async function findUser(userId: string, log: Logger) {
  const reply = await users.get(`/users/${encodeURIComponent(userId)}`).catch((error: unknown) => {
    log.warn('a user could not be read', { explained: host.explain(error) });
    throw error;
  });
  if (reply.statusCode === 404) throw new ServiceError(422, 'Validation failed', `no user with id ${userId}`);
  if (reply.statusCode !== 200) throw new ServiceError(500, 'Failed to get user', `users answered ${reply.statusCode}`);
  return reply;
}

/** The ledger stands for a database: what it takes is a span of its own. */
async function enter(key: string, order: Order): Promise<Order> {
  const span = host.tracer.startSpan('enter into the ledger').setTag('order.items', order.items.length);
  try {
    return await ledger.enter(key, order);
  } catch (error) {
    span.setTag('error', true).logKV('error', messageOf(error));
    throw error;
  } finally {
    span.finish();
  }
}

/** What is left open by a crash between the ledger and the answer, the next try finds there by the key of the order. */
service.addHandler<Partial<Order>>('POST /orders', async ({ body, idempotencyKey = randomUUID(), json, log }) => {
  const { userId, items = [], number } = body ?? {};
  if (!userId) throw new ServiceError(422, 'Validation failed', 'userId is required');
  await findUser(userId, log);
  const order = await enter(idempotencyKey, { id: `${service.id}-${orders.length + 1}`, userId, items, number });
  await sleep(RECEIPT_MS);
  orders.push(order);
  if (orders.length > 10_000) orders.splice(0, 5_000);
  log.info('order created', { order: order.id });
  return json(order, { status: 201 });
});

service.addHandler('GET /users/:id/orders', async ({ params, log }) => {
  const { data: user, instance } = await findUser(params.id ?? '', log);
  log.info('orders read', { user: params.id });
  const answeredBy = { orders: service.id, users: instance.id, usersVersion: instance.version };
  return { user, orders: orders.filter(({ userId }) => userId === params.id).slice(-10), answeredBy };
});

await host.start();
