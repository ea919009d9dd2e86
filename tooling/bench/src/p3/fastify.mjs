import Fastify from 'fastify';
import { userAnswer } from '../user-answer.mjs';

/** @returns {Promise<import('../area.mjs').Opened>} */
export async function open() {
  const app = Fastify({ forceCloseConnections: true });
  app.get('/users/:id', (request, reply) => {
    reply.send(userAnswer(/** @type {{ id: string }} */ (request.params).id));
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  return { port: Number(new URL(address).port), close: () => app.close() };
}
