import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@weft/client';
import { fixedRegistry, instanceRecord } from '@weft/conformance';
import { Registry } from '@weft/registry';
import { openHttpTransport } from '@weft/transport-http';
import { afterEach, describe, expect, it } from 'vitest';

const closers: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(handle: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

function clientOf(ports: readonly number[], options: Partial<ConstructorParameters<typeof Client>[0]> = {}): Client {
  const records = ports.map((port, n) => instanceRecord(`users-${n + 1}`, { endpoints: [{ protocol: 'http', port }] }));
  const registry = new Registry(fixedRegistry(records));
  const transport = openHttpTransport();
  const client = new Client({ serviceName: 'users', registry, transport, ...options });
  closers.push(
    () => registry.close(),
    () => transport.close(),
    () => client.close(),
  );
  return client;
}

describe('on the wire', () => {
  it('R62 a try that timed out is ended: the server sees the connection close at once', async () => {
    let closedAt = 0;
    const { port } = await serve((_, response) => response.on('close', () => (closedAt = performance.now())));
    const client = clientOf([port], { attemptTimeout: '300ms', retries: 0 });
    await expect(client.get('/slow')).rejects.toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', ambiguous: true });
    const rejectedAt = performance.now();
    await expect.poll(() => closedAt).toBeGreaterThan(0);
    expect(closedAt - rejectedAt).toBeLessThan(5 * 50);
  });

  it('R84 a redirect to another host is an answer, not an order', async () => {
    const reached: (string | undefined)[] = [];
    const decoy = await serve((request, response) => {
      reached.push(request.headers.authorization);
      response.end();
    });
    const { port } = await serve((_, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${decoy.port}/steal` }).end();
    });
    const reply = await clientOf([port]).get('/users/7', { headers: { authorization: 'Bearer secret' } });
    expect(reply.statusCode).toBe(302);
    expect(reply.headers.location).toBe(`http://127.0.0.1:${decoy.port}/steal`);
    expect(reached).toEqual([]);
  });

  it.each([3_600_000, -3_600_000])(
    'R63 the system clock jumps by %d ms: no call, instance or breaker notices',
    async (jumpMs) => {
      const { port } = await serve((_, response) => response.end('{}'));
      const client = clientOf([port], { timeout: '2s' });
      expect((await client.get('/users/7')).statusCode).toBe(200);
      const { now } = Date;
      Date.now = () => now() + jumpMs;
      try {
        for (let n = 0; n < 20; n++) expect((await client.get('/users/7')).statusCode).toBe(200);
        expect(client.getCircuitBreaker()?.isClosed()).toBe(true);
      } finally {
        Date.now = now;
      }
    },
  );
});
