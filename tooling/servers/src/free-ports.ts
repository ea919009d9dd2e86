import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Above the well-known ports and below those that Linux (32768) and other systems (49152) give out. */
const first = 18_000;
const last = 32_000;

/** As many workers of a test run as may run side by side: each has a range of its own. */
const ranges = 8;
const rangeSize = (last - first) / ranges;

/** What this process was given. It stays: a server that is down between a kill and a start comes back to its port. */
const given = new Set<number>();

/**
 * Ports of 127.0.0.1 that nobody listens on, and that this process was not given before. Not what the system gives out by
 * itself: such a port could become the near end of anybody's connection while the server is down between a kill and a
 * start. Nor one that another worker of the test run may have lent to a server that is down just now.
 */
export async function freePorts(count: number): Promise<number[]> {
  const from = first + (Number(process.env.VITEST_POOL_ID ?? 0) % ranges) * rangeSize;
  const ports: number[] = [];
  while (ports.length < count) {
    if (given.size >= rangeSize) given.clear();
    const port = randomInt(from, from + rangeSize);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

/** Whether nobody listens there. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
