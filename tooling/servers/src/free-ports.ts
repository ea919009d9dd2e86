import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports of 127.0.0.1 that nobody listens on, different from each other. Not what the system gives out by itself: such a
 * port could become the near end of anybody's connection while the server is down between a kill and a start.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(first, last);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

/** Above the well-known ports and below those that Linux (32768) and other systems (49152) give out. */
const first = 18_000;
const last = 32_000;

/** Whether nobody listens there. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
