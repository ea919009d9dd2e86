import express from 'express';
import { mountSuite } from './mount-suite.js';

mountSuite('Express 5', async (gate) => {
  const app = express();
  app.use(express.json());
  app.get('/orders/:id', (request, response) => {
    response.json({ id: request.params.id, page: request.query.page });
  });
  app.post('/orders', (request, response) => {
    response.status(201).json(request.body);
  });
  app.get('/stream', async (_, response) => {
    response.write('one');
    await gate.pass();
    response.end('two');
  });
  app.get('/slow', async (_, response) => {
    await gate.pass();
    response.json({ done: true });
  });
  app.get('/throws', async () => {
    throw new Error('out of stock');
  });
  return { handler: app };
});
