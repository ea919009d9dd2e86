// One process of the fleet in telemetry-fleet.ts: a host with a service, told by the environment which.
import { createHost } from '@weft/host';

const { NAME = '', CONFIG = '{}' } = process.env;
const host = await createHost({ service: { name: NAME, drain: { propagation: 0 } }, ...JSON.parse(CONFIG) });
const { service } = host;

const HANDLERS = {
  gateway: {
    'GET /checkout/:id': async ({ params: { id }, span, json }) => {
      const { data: order, statusCode } = await host.client('orders').get(`/orders/${id}?token=hidden`);
      const { data: user } = await host.client('users').get('/users/7');
      return json({ order, user, traceId: span.context.traceId }, { status: statusCode });
    },
  },
  orders: {
    'GET /orders/:id': async ({ params: { id }, json }) => {
      const span = host.tracer.startSpan('load_order').setTag('order.id', id);
      const { data: user } = await host.client('users').get('/users/7');
      span.finish();
      return json({ id, user }, { status: id === '0' ? 404 : 200 });
    },
  },
  users: { 'GET /users/:id': ({ params: { id } }) => ({ id }) },
};
for (const [route, handler] of Object.entries(HANDLERS[NAME])) service.addHandler(route, handler);

// Whoever started us is gone when their end of the pipe is.
process.stdin.resume().on('end', () => process.exit(1));
await host.start();
console.log(JSON.stringify({ msg: 'ready', port: service.port }));
