import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { userAnswer } from '../user-answer.mjs';
import { serverVariant } from './server-variant.mjs';

export function open() {
  const app = new Hono();
  app.get('/users/:id', (c) => c.json(userAnswer(c.req.param('id'))));
  return serverVariant(/** @type {import('node:http').Server} */ (createAdaptorServer({ fetch: app.fetch })));
}
