import { createServer } from 'node:http';
import { listen } from '../listen.mjs';
import { userAnswer } from '../user-answer.mjs';

/**
 * How a server answers.
 * @typedef {object} Manner
 * @property {number} [afterMs] how long it takes over each answer
 * @property {number} [status] 200 unless set
 */

/**
 * Instances of `users` in one process, each on its own port and with its own manner.
 * @param {{ options: readonly Manner[] }} setting
 */
export async function open({ options: manners }) {
  const servers = manners.map(serverOf);
  return {
    ports: await Promise.all(servers.map(listen)),
    close() {
      for (const server of servers) server.close().closeAllConnections();
    },
  };
}

/** @param {Manner} manner */
function serverOf({ afterMs = 0, status = 200 }) {
  const body = JSON.stringify(userAnswer('7'));
  const head = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body))];
  return createServer({ keepAliveTimeout: 65_000 }, (_request, response) => {
    const answer = () => response.writeHead(status, head).end(body);
    if (afterMs > 0) setTimeout(answer, afterMs);
    else answer();
  });
}
