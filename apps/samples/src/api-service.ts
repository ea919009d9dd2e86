import { ServiceError } from '@weft/core';
import { createService } from '@weft/host';
import type { NodeHandler, Service } from '@weft/service';

interface NewOrder {
  readonly items: readonly string[];
}

/** What the service lives on. */
interface OrderBackends {
  readonly db: { query(sql: string): Promise<unknown> };
  readonly cache: { ping(): Promise<unknown> };
  /** Any `(request, response)` handler, such as an express application. */
  readonly expressApp: NodeHandler;
}

/** A service with all that can be said about it, not yet started. */
export async function createOrders({ db, cache, expressApp }: OrderBackends): Promise<Service> {
  const service = await createService({
    name: 'orders',
    version: '1.0.0',
    host: '127.0.0.1',
    port: 0,
    healthCheck: '/health',
    metadata: { environment: 'production', region: 'us-west-1' },
    registry: { driver: 'file', path: './.weft', ttl: '15s' },
  });
  service.addHandler('GET /orders/:id', async ({ params, deadline }) => {
    if (params.id === '0') throw new ServiceError(404, 'Order not found', 'no order with id 0');
    return { id: params.id, leftMs: deadline.leftMs() };
  });
  service.addHandler('GET /request', async ({ params, query, headers, body, signal, deadline, version, span, log, json }) => {
    log.info('all that a handler is given');
    const facts = { params, query, user: headers['x-user'], body, gone: signal.aborted, hasDeadline: deadline.leftMs() > 0 };
    return json({ ...facts, version, traceId: span.context.traceId });
  });
  service.addHandler<NewOrder>('POST /orders', async ({ body, json }) => json({ ...body, id: '1' }, { status: 201 }));
  service.addHandler('GET /export', async function* () {
    for (const part of ['one,', 'two']) yield Buffer.from(part);
  } as () => AsyncIterable<Uint8Array>);
  service.use((next) => async (request) => next(request));
  service.setHealthCheck({
    database: async () => {
      await db.query('select 1');
    },
    cache: () => cache.ping(),
  });
  service.addVersion('2.0.0', 'GET /orders/:id', async () => ({ v: 2 }));
  service.mount('/legacy', expressApp);
  return service;
}
