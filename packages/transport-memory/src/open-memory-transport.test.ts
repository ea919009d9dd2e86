import { settle, virtualClock } from '@weft/conformance';
import { type Attempt, type Handler, type Inbound, type Reply, type ServiceInstance, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import driver, { openMemoryTransport } from './index.js';

let addresses = 0;
const freshAddress = () => `test-${addresses++}`;
const anywhere = { host: '127.0.0.1', port: 0 };
const answering: Handler<Inbound, Reply> = async () => ({ status: 200, headers: {}, body: 'here' });

function attempt(port: number, part: Partial<Attempt> = {}): Attempt {
  const endpoint = { protocol: 'memory', port };
  const instance = { id: 'a', host: 'anywhere', endpoints: [endpoint] } as unknown as ServiceInstance;
  return { instance, endpoint, method: 'GET', path: '/', headers: [], stream: false, ...part };
}

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe('openMemoryTransport', () => {
  it('lets two that were opened with the same address meet, and no others', async () => {
    const address = freshAddress();
    const { server } = openMemoryTransport({ address });
    const { endpoint } = await server.listen(anywhere, answering);
    const reply = await openMemoryTransport({ address }).client.send(attempt(endpoint.port));
    expect(Buffer.from(reply.body as Uint8Array).toString()).toBe('here');
    const elsewhere = openMemoryTransport({ address: freshAddress() }).client.send(attempt(endpoint.port));
    await expect(elsewhere).rejects.toMatchObject({ code: 'WEFT_UNAVAILABLE', failure: 'refused', ambiguous: false });
  });

  it('hands out ports from 1, none of them twice, and refuses one that is taken', async () => {
    const { server } = openMemoryTransport({ address: freshAddress() });
    const first = await server.listen(anywhere, answering);
    const second = await server.listen(anywhere, answering);
    await first.close();
    const third = await server.listen(anywhere, answering);
    expect([first, second, third].map(({ endpoint }) => endpoint)).toEqual(
      [1, 2, 3].map((port) => ({ protocol: 'memory', port })),
    );
    await expect(server.listen({ ...anywhere, port: 2 }, answering)).rejects.toMatchObject({ code: 'WEFT_CONFLICT' });
    expect((await server.listen({ ...anywhere, port: 1 }, answering)).endpoint.port).toBe(1);
  });

  it('joins repeated request headers, as a server on a socket would see them', async () => {
    const { client, server } = openMemoryTransport({ address: freshAddress() });
    let seen: Inbound | undefined;
    const { endpoint } = await server.listen(anywhere, async (inbound) => {
      seen = inbound;
      return { status: 204, headers: {} };
    });
    await client.send(attempt(endpoint.port, { headers: ['x-a', '1', 'x-a', '2', '__proto__', 'evil'] }));
    expect({ ...seen?.headers }).toEqual({ 'x-a': '1, 2' });
  });

  it('refuses bodies beyond the limit of the listener: 413 for a whole one, a failing read for pieces', async () => {
    const { client, server } = openMemoryTransport({ address: freshAddress() });
    const failures: unknown[] = [];
    const handler: Handler<Inbound, Reply> = async ({ body }) => {
      const read = async () => {
        for await (const piece of body as AsyncIterable<Uint8Array>) expect(piece.byteLength).toBe(4);
      };
      await read().catch((error: unknown) => failures.push(error));
      return { status: 200, headers: {} };
    };
    const { endpoint } = await server.listen({ ...anywhere, limits: { bodyBytes: 10 } }, handler);
    expect((await client.send(attempt(endpoint.port, { method: 'POST', body: 'x'.repeat(11) }))).status).toBe(413);
    await client.send(attempt(endpoint.port, { method: 'POST', body: pieces('four', 'four', 'four') }));
    expect(failures).toEqual([expect.objectContaining({ code: 'WEFT_BODY_TOO_LARGE' })]);
  });

  it('refuses whole answers beyond limits.responseBytes', async () => {
    const { client, server } = openMemoryTransport({ address: freshAddress(), limits: { responseBytes: 3 } });
    const { endpoint } = await server.listen(anywhere, answering);
    await expect(client.send(attempt(endpoint.port))).rejects.toMatchObject({ code: 'WEFT_RESPONSE_TOO_LARGE' });
  });

  it('is done with a call whose streamed answer nobody reads, once the caller ends it', async () => {
    const clock = virtualClock();
    const { client, server } = openMemoryTransport({ address: freshAddress(), clock });
    const listening = await server.listen(anywhere, async () => ({ status: 200, headers: {}, body: pieces('a', 'b') }));
    const unread = attempt(listening.endpoint.port, { stream: true });
    const { body } = await client.send(unread);
    unread.abort?.(new WeftError('WEFT_DEADLINE_EXCEEDED', 'too late', { failure: 'timeout', ambiguous: true }));
    await Promise.all([listening.drain(1_000), client.close()]);
    expect(clock.pendingTimers()).toBe(0);
    const read = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]().next();
    await expect(read).rejects.toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED' });
  });

  it('ends a drain and a close on the given clock', async () => {
    const clock = virtualClock();
    const { client, server } = openMemoryTransport({ address: freshAddress(), clock });
    const listening = await server.listen(anywhere, () => new Promise(() => {}));
    const sent = client.send(attempt(listening.endpoint.port)).catch((error: unknown) => error);
    await settle();
    const ended: string[] = [];
    listening.drain(1_000).then(() => ended.push('drain'));
    client.close().then(() => ended.push('close'));
    await clock.advance(999);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toEqual(['drain']);
    await clock.advance(9_000);
    expect(ended).toEqual(['drain', 'close']);
    expect(await sent).toMatchObject({ code: 'WEFT_CLOSED' });
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe('the memory driver', () => {
  it('opens both sides, refuses unknown options, and closes its client', async () => {
    const result = await driver.options['~standard'].validate({ adress: 'x' });
    expect(result.issues).toHaveLength(1);
    const host = { clock: virtualClock() } as unknown as Parameters<typeof driver.open>[1];
    const { value, stop } = await driver.open({ address: freshAddress() }, host);
    const listening = await value.server?.listen(anywhere, answering);
    const port = listening?.endpoint.port ?? 0;
    expect(await value.client?.send(attempt(port))).toMatchObject({ status: 200 });
    await stop?.(new AbortController().signal);
    await expect(value.client?.send(attempt(port))).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });
});
