import { scriptedTransport } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { clientScene, failureOf, json } from '../test/client-scene.js';

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

describe('a service whose tries all fail', () => {
  const refused = () => new WeftError('WEFT_UNAVAILABLE', 'nobody listens', { failure: 'refused' });
  const ids = ['users-1', 'users-2', 'users-3'];

  it.each([1, 2, 3])('is not given up by one call of a new client, which meets %i instances that restart', async (count) => {
    const { client, transport, finish, drain } = await clientScene(refused, {}, ids.slice(0, count));
    const failure = await finish(failureOf(client.get('/users/7')));
    expect(failure).toMatchObject({ code: 'WEFT_UNAVAILABLE' });
    expect(transport.sent.length, 'as many tries as the breaker bears failures').toBeGreaterThanOrEqual(5);
    transport.script = () => json({});
    expect((await finish(client.get('/users/7'))).statusCode).toBe(200);
    await drain();
  });

  it('is given up after as many calls as the breaker bears failures, however often each was tried', async () => {
    const { client, finish, drain } = await clientScene(() => json({}, 503));
    const codes: unknown[] = [];
    for (let calls = 0; calls < 6; calls++) {
      await finish(client.get('/users/7').catch((error: WeftError) => codes.push(error.code)));
      expect(client.getCircuitBreaker()?.state, `after ${calls + 1} calls`).toBe(calls < 4 ? 'closed' : 'open');
    }
    expect(codes).toEqual(['WEFT_BREAKER_OPEN']);
    await drain();
  });

  it('stays given up when its probe is a further try of a call that was counted before', async () => {
    const circuitBreaker = { threshold: 2, timeout: 1 };
    const { client, finish, drain } = await clientScene(() => json({}, 503), { circuitBreaker, retryDelay: '1s', retries: 1 });
    const states: string[] = [];
    client.on('breaker.state', ({ state }) => states.push(state));
    const first = client.get('/users/7');
    await client.get('/users/7', { retries: 0 });
    expect(states).toEqual(['open']);
    expect((await finish(first)).attempts).toHaveLength(2);
    expect(states).toEqual(['open', 'half-open', 'open']);
    await drain();
  });
});
