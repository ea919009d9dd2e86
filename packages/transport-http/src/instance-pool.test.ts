import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { seededRandom, settle, virtualClock } from '@weft/conformance';
import { type Attempt, type ServiceInstance, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { openHttpTransport } from './index.js';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serving(answer: Answer): Promise<{ port: number; sockets: Set<unknown>; server: Server }> {
  const sockets = new Set<unknown>();
  const server = createServer(answer).on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ close: () => server.close() && server.closeAllConnections() });
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, sockets, server };
}

function client(options: Parameters<typeof openHttpTransport>[0]) {
  const transport = openHttpTransport(options);
  opened.push(transport);
  return transport;
}

function attempt(port: number, part: Partial<Attempt> = {}): Attempt {
  const endpoint = { protocol: 'http', port };
  const instance = { id: 'a', host: '127.0.0.1', endpoints: [endpoint] } as unknown as ServiceInstance;
  return { instance, endpoint, method: 'GET', path: '/', headers: [], stream: false, ...part };
}

/** Answers that wait until they are let go. */
function held(): { answer: Answer; waiting: ServerResponse[] } {
  const waiting: ServerResponse[] = [];
  return { waiting, answer: (_, response) => void waiting.push(response) };
}

describe('the sockets to one instance', () => {
  it('are used again by calls that follow each other', async () => {
    const { port, sockets } = await serving((_, response) => response.end());
    const transport = client({});
    for (let call = 0; call < 20; call++) await transport.send(attempt(port));
    expect(sockets.size).toBe(1);
  });

  it('are no more than allowed: further calls wait for one to come free, in order', async () => {
    const { answer, waiting } = held();
    const { port, sockets } = await serving(answer);
    const transport = client({ pool: { connections: 3 } });
    const finished: number[] = [];
    const calls = Array.from({ length: 9 }, (_, at) => transport.send(attempt(port)).then(() => finished.push(at)));
    for (let left = 9; left > 0; left--) {
      await expect.poll(() => waiting.length).toBeGreaterThan(0);
      waiting.shift()?.end();
      await settle();
    }
    await Promise.all(calls);
    expect(sockets.size).toBe(3);
    expect([...finished].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(finished.slice(3).every((at) => at >= 3)).toBe(true);
  });

  it('that do not come free in time refuse the waiting call with WEFT_OVERLOADED, certainly unsent', async () => {
    const clock = virtualClock();
    const { answer, waiting } = held();
    const { port } = await serving(answer);
    const transport = client({ pool: { connections: 1, checkoutTimeout: '5s' }, clock });
    const first = transport.send(attempt(port));
    const second = transport.send(attempt(port)).catch(WeftError.from);
    await clock.advance(3_000);
    const third = transport.send(attempt(port)).catch(WeftError.from);
    await clock.advance(2_000);
    expect(await second).toMatchObject({ code: 'WEFT_OVERLOADED', ambiguous: false });
    await expect.poll(() => waiting.length).toBe(1);
    waiting.shift()?.end();
    expect((await first).status).toBe(200);
    await expect.poll(() => waiting.length).toBe(1);
    await clock.advance(60_000);
    waiting.shift()?.end();
    expect(await third).toMatchObject({ status: 200 });
  });

  it('are not taken by a call that was aborted while it waited', async () => {
    const { answer, waiting } = held();
    const { port } = await serving(answer);
    const transport = client({ pool: { connections: 1 } });
    const first = transport.send(attempt(port));
    const aborted = attempt(port, { path: '/aborted' });
    const error = new WeftError('WEFT_CANCELLED', 'no longer wanted');
    const second = transport.send(aborted).catch((reason: unknown) => reason);
    aborted.abort?.(error);
    expect(await second).toBe(error);
    const third = transport.send(attempt(port, { path: '/third' }));
    await expect.poll(() => waiting.length).toBe(1);
    waiting.shift()?.end();
    await first;
    await expect.poll(() => waiting.map((response) => response.req.url)).toEqual(['/third']);
    waiting.shift()?.end();
    await third;
  });

  it('are told with the calls that wait, by instance (transport.stats())', async () => {
    const { answer, waiting } = held();
    const { port } = await serving(answer);
    const transport = client({ pool: { connections: 2 } });
    expect(transport.stats()).toEqual([]);
    const calls = Array.from({ length: 3 }, () => transport.send(attempt(port)));
    await expect.poll(() => waiting.length).toBe(2);
    const origin = `http://127.0.0.1:${port}`;
    expect(transport.stats()).toEqual([{ origin, max: 2, total: 2, busy: 2, idle: 0, waiting: 1 }]);
    for (let left = 3; left > 0; left--) {
      await expect.poll(() => waiting.length).toBeGreaterThan(0);
      waiting.shift()?.end();
    }
    await Promise.all(calls);
    expect(transport.stats()).toEqual([{ origin, max: 2, total: 2, busy: 0, idle: 2, waiting: 0 }]);
    await transport.close();
    expect(transport.stats()).toMatchObject([{ total: 0 }]);
  });

  it('are replaced when they have reached their age, without a failed call', async () => {
    const seed = 11;
    const { port, sockets } = await serving((_, response) => response.end());
    const transport = client({ pool: { maxAge: 20, connections: 4 }, random: seededRandom(seed) });
    const untilAt = performance.now() + 300;
    let calls = 0;
    while (performance.now() < untilAt) {
      await Promise.all(Array.from({ length: 6 }, () => transport.send(attempt(port))));
      calls += 6;
    }
    expect(sockets.size, `seed ${seed}, ${calls} calls`).toBeGreaterThan(8);
  });

  it('are given up before the server closes them, by its keep-alive hint', async () => {
    const { port, sockets, server } = await serving((_, response) => response.end());
    server.keepAliveTimeout = 2_000;
    const transport = client({});
    await transport.send(attempt(port));
    await transport.send(attempt(port));
    expect(sockets.size).toBe(2);
  });

  it('do not keep the process alive while they are idle', async () => {
    const { port } = await serving((_, response) => response.end());
    await client({}).send(attempt(port));
    await settle();
    expect(process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length).toBeLessThanOrEqual(1);
  });
});
