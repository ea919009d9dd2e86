import { afterEach, describe, expect, it } from 'vitest';
import { Wire } from './wire.js';

const wire = new Wire();
afterEach(() => wire.close());

describe('on the wire', () => {
  it('R62 a try that timed out is ended: the server sees the connection close at once', async () => {
    let closedAt = 0;
    const { port } = await wire.serve((_, response) => response.on('close', () => (closedAt = performance.now())));
    const client = wire.call([port], { attemptTimeout: '300ms', retries: 0 });
    await expect(client.get('/slow')).rejects.toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', ambiguous: true });
    const rejectedAt = performance.now();
    await expect.poll(() => closedAt).toBeGreaterThan(0);
    expect(closedAt - rejectedAt).toBeLessThan(5 * 50);
  });

  it('R84 a redirect to another host is an answer, not an order', async () => {
    const reached: (string | undefined)[] = [];
    const decoy = await wire.serve((request, response) => {
      reached.push(request.headers.authorization);
      response.end();
    });
    const { port } = await wire.serve((_, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${decoy.port}/steal` }).end();
    });
    const reply = await wire.call([port]).get('/users/7', { headers: { authorization: 'Bearer secret' } });
    expect(reply.statusCode).toBe(302);
    expect(reply.headers.location).toBe(`http://127.0.0.1:${decoy.port}/steal`);
    expect(reached).toEqual([]);
  });

  it.each([3_600_000, -3_600_000])(
    'R63 the system clock jumps by %d ms: no call, instance or breaker notices',
    async (jumpMs) => {
      const { port } = await wire.serve((_, response) => response.end('{}'));
      const client = wire.call([port], { timeout: '2s' });
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
