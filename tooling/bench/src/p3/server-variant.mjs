import { listen } from '../listen.mjs';

/**
 * A server variant from a server that does not listen yet.
 * @param {import('node:http').Server} server
 * @returns {Promise<import('../area.mjs').Opened>}
 */
export async function serverVariant(server) {
  return {
    port: await listen(server),
    close: () => server.close().closeAllConnections(),
  };
}
