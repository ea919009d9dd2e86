import { scriptedTransport } from '@weft/conformance';
import type { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { clientScene } from '../test/client-scene.js';

const valuesOf = (headers: readonly string[] = [], name: string) =>
  headers.flatMap((header, at) => (at % 2 === 0 && header === name ? [headers[at + 1]] : []));

describe('a try', () => {
  it('carries each header of ours once, whatever the caller gives', async () => {
    const { client, transport, close } = await clientScene(() => ({}));
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const headers = {
      'X-Request-Timeout-Ms': '5',
      'X-Request-Attempt': '7',
      'Idempotency-Key': 'theirs',
      Traceparent: traceparent,
      'Content-Type': 'application/vnd.users+json',
      Vary: 'content-type',
    };
    await client.post('/users', { name: 'Ann' }, { headers, idempotencyKey: 'ours', timeout: '9s' });
    const sent = transport.sent[0]?.headers;
    expect(valuesOf(sent, 'x-request-timeout-ms')).toEqual(['9000']);
    expect(valuesOf(sent, 'x-request-attempt')).toEqual([]);
    expect(valuesOf(sent, 'idempotency-key')).toEqual(['ours']);
    expect(valuesOf(sent, 'traceparent')).toEqual([traceparent]);
    expect(valuesOf(sent, 'content-type')).toEqual(['application/vnd.users+json']);
    await close();
  });

  it('takes no value of a header for its name', async () => {
    const { client, transport, close } = await clientScene(() => ({}));
    await client.post('/users', { name: 'Ann' }, { headers: { vary: 'content-type', 'x-names': 'traceparent' } });
    expect(valuesOf(transport.sent[0]?.headers, 'content-type')).toEqual(['application/json']);
    expect(valuesOf(transport.sent[0]?.headers, 'traceparent')).toHaveLength(1);
    await close();
  });

  it('is ended on the wire also when a middleware passed a changed copy on', async () => {
    let aborted: Error | undefined;
    const { client, clock, transport, close } = await clientScene(() => 'hang', { timeout: '1s' });
    client.useAroundAttempt((next) => (attempt) => {
      const sent = next({ ...attempt, headers: [...attempt.headers, 'x-user', '1'] });
      return sent.catch((error) => {
        aborted = error;
        throw error;
      });
    });
    const failure = client.post('/users', {}).catch((error: WeftError) => error);
    await clock.advance(1_100);
    expect(await failure).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED' });
    expect(transport.sent[0]?.headers).toContain('x-user');
    expect(aborted).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED' });
    await close();
  });

  it('gives a middleware a reply that it can copy, headers and all', async () => {
    class LazyReply {
      readonly status = 200;
      readonly body = 'x';
      get headers() {
        return { 'x-from': 'users' };
      }
    }
    const transport = { ...scriptedTransport(), send: async () => new LazyReply() };
    const { client, close } = await clientScene(() => ({}), { transport });
    client.useAroundAttempt((next) => async (attempt) => ({ ...(await next(attempt)), status: 201 }));
    expect(await client.get('/users/7')).toMatchObject({ statusCode: 201, headers: { 'x-from': 'users' } });
    await close();
  });

  it.each([
    [0, '0'],
    [false, 'false'],
    ['', ''],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ])('sends the body %j', async (body, sent) => {
    const { client, transport, close } = await clientScene(() => ({}));
    await client.post('/users', body);
    expect(transport.sent[0]?.body).toBe(sent);
    await close();
  });

  it('is not made with a body that cannot be JSON', async () => {
    const { client, transport, close } = await clientScene(() => ({}));
    const circular: { self?: unknown } = {};
    circular.self = circular;
    for (const body of [1n, circular, () => {}, Symbol('x')]) {
      const failure = await client.post('/users', body).catch((error: WeftError) => error);
      expect(failure).toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
    }
    expect(transport.sent).toHaveLength(0);
    await close();
  });
});
