import { createServer } from 'node:http';
import { listen } from '../listen.mjs';

/** Takes reports as an OpenTelemetry collector does, and forgets them. Runs in a process of its own: its CPU is not ours. */
export async function open() {
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    request.on('end', () => response.writeHead(200, { 'content-length': '0' }).end()).resume();
  });
  const port = await listen(server);
  return { port, close: () => server.close().closeAllConnections() };
}
