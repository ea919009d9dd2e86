import { createServer } from 'node:http';
import express from 'express';
import { userAnswer } from '../user-answer.mjs';
import { serverVariant } from './server-variant.mjs';

export function open() {
  const app = express();
  app.get('/users/:id', (request, response) => {
    response.json(userAnswer(request.params.id));
  });
  return serverVariant(createServer(app));
}
