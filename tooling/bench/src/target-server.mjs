import { createServer } from 'node:http';
import { listen } from './listen.mjs';
import { userAnswer } from './user-answer.mjs';

/**
 * What the client variants call: one process with several ports, for those that share the load over instances.
 * @returns {Promise<{ ports: number[], close: () => void }>}
 */
export async function open() {
  const body = JSON.stringify(userAnswer('7'));
  const head = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body))];
  const servers = Array.from({ length: 8 }, () =>
    createServer({ keepAliveTimeout: 65_000 }, (_request, response) => response.writeHead(200, head).end(body)),
  );
  return {
    ports: await Promise.all(servers.map(listen)),
    close: () => {
      for (const server of servers) server.close().closeAllConnections();
    },
  };
}
