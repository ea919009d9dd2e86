import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { mountSuite } from './mount-suite.js';

mountSuite('Hono', async (gate) => {
  const app = new Hono();
  app.get('/orders/:id', (context) => context.json({ id: context.req.param('id'), page: context.req.query('page') }));
  app.post('/orders', async (context) => context.json(await context.req.json(), 201));
  app.get('/stream', (context) =>
    stream(context, async (out) => {
      await out.write('one');
      await gate.pass();
      await out.write('two');
    }),
  );
  app.get('/slow', async (context) => {
    await gate.pass();
    return context.json({ done: true });
  });
  app.get('/throws', () => {
    throw new Error('out of stock');
  });
  app.onError((_, context) => context.text('Internal Server Error', 500));
  return { handler: getRequestListener(app.fetch) };
});
