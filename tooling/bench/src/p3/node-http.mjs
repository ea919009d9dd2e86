import { createServer } from 'node:http';
import { userAnswer } from '../user-answer.mjs';
import { serverVariant } from './server-variant.mjs';

/** The floor: no routing, no framework. */
export function open() {
  return serverVariant(
    createServer({ keepAliveTimeout: 65_000 }, (_request, response) => {
      const body = JSON.stringify(userAnswer('7'));
      response.writeHead(200, ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body))]);
      response.end(body);
    }),
  );
}
