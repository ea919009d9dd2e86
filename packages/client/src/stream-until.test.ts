import { settle } from '@weft/conformance';
import type { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { clientScene } from '../test/client-scene.js';

/** A body that gives one piece and then nothing more. */
async function* stuck(): AsyncGenerator<Uint8Array, void, void> {
  yield Buffer.from('a');
  await new Promise(() => {});
}

async function* untilCut(cut: Promise<never>): AsyncGenerator<Uint8Array, void, void> {
  yield Buffer.from('a');
  await cut;
}

async function isClosing(close: () => Promise<void>): Promise<boolean> {
  let closed = false;
  close().then(() => {
    closed = true;
  });
  await settle();
  return !closed;
}

describe('a streamed answer', () => {
  it('may be read for as long as the call has time, not only for the time of a try', async () => {
    let aborted: Error | undefined;
    const { client, clock, transport, close } = await clientScene(() => ({ body: stuck() }), { timeout: '30s' });
    const reply = await client.get('/export', { stream: true });
    const sent = transport.sent[0];
    if (sent)
      sent.abort = (error) => {
        aborted = error;
      };
    await reply.body[Symbol.asyncIterator]().next();
    await clock.advance(29_000);
    expect(aborted).toBeUndefined();
    await clock.advance(1_100);
    expect(aborted).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED' });
    await close();
  });

  it.each([
    ['without a body', undefined],
    ['of a whole body', 'whole'],
  ])('%s needs no reading: the client can close', async (_, body) => {
    const { client, registry, close } = await clientScene(() => ({ body }), { timeout: false });
    const answer = await client.call('HEAD', '/export', null, { stream: true });
    const read: string[] = [];
    for await (const piece of answer.body) read.push(Buffer.from(piece).toString());
    expect(read.join('')).toBe(body ?? '');
    const unread = await client.call('HEAD', '/export', null, { stream: true });
    expect(await isClosing(client.close.bind(client))).toBe(false);
    expect(unread.statusCode).toBe(200);
    await registry.close();
    await close();
  });

  it('that nobody reads does not keep a client from closing for longer than 20 s', async () => {
    const { client, clock, close } = await clientScene(() => ({ body: stuck() }), { timeout: false });
    await client.get('/export', { stream: true });
    expect(await isClosing(close)).toBe(true);
    await clock.advance(20_000);
    expect(await isClosing(close)).toBe(false);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('of a failed try is let go before the next one, also when the breaker forbids that', async () => {
    const { client, clock, close } = await clientScene(() => ({ status: 503, body: stuck() }), {
      circuitBreaker: { threshold: 1 },
      timeout: false,
    });
    const pending = client.get('/export', { stream: true });
    await clock.advance(1_000);
    const reply = await pending;
    expect(reply.statusCode).toBe(503);
    expect(await isClosing(close)).toBe(false);
  });

  it('is cut when the caller cancels while reading', async () => {
    const { client, close } = await clientScene((attempt) => {
      const cut = new Promise<never>((_, reject) => {
        attempt.abort = reject;
      });
      return { body: untilCut(cut) };
    });
    const pending = client.callAsync('GET', '/export', null, { stream: true });
    const reader = (await pending).body[Symbol.asyncIterator]();
    await reader.next();
    const failure = reader.next().catch((error: WeftError) => error);
    pending.cancel();
    expect(await failure).toMatchObject({ code: 'WEFT_CANCELLED' });
    await close();
  });
});
