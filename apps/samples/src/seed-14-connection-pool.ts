import type { Duration } from '@weft/core';
import { ConnectionPool } from '@weft/transport-http';

/** The pool of the seed: so many connections at a time, so many kept when nobody needs them, and for how long. */
export function createUserPool(url: string, maxConnections: number, maxIdle: number, idleTimeout: Duration): ConnectionPool {
  return new ConnectionPool(maxConnections, maxIdle, idleTimeout, { url });
}

/** Borrows a connection for one request, and gives it back on every path. */
export async function readUser(pool: ConnectionPool, id: string): Promise<unknown> {
  const connection = await pool.getConnection();
  try {
    const { body } = await connection.request('GET', `/users/${id}`);
    return JSON.parse(Buffer.from(body as Uint8Array).toString());
  } finally {
    pool.returnConnection(connection);
  }
}
