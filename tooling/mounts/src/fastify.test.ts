import { Readable } from 'node:stream';
import { fastify } from 'fastify';
import { mountSuite } from './mount-suite.js';

mountSuite('Fastify 5', async (gate) => {
  const app = fastify();
  app.get<{ Params: { id: string }; Querystring: { page?: string } }>('/orders/:id', async ({ params, query }) => {
    return { id: params.id, page: query.page };
  });
  app.post('/orders', (request, reply) => reply.status(201).send(request.body));
  app.get('/stream', (_, reply) => {
    async function* pieces() {
      yield 'one';
      await gate.pass();
      yield 'two';
    }
    return reply.type('text/plain').send(Readable.from(pieces()));
  });
  app.get('/slow', async () => {
    await gate.pass();
    return { done: true };
  });
  app.get('/throws', async () => {
    throw new Error('out of stock');
  });
  await app.ready();
  return { handler: (request, response) => app.routing(request, response), close: () => app.close() };
});
