import { instanceRecord, settle, virtualClock } from '@weft/conformance';
import { currentContext, runInContext, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { gate } from '../test/cache-scene.js';
import { type CachedCallOptions, CachedClient, type CachedClientOptions } from './cached-client.js';
import type { ReceivedResponse } from './cached-response.js';
import { RequestCache } from './request-cache.js';

type Answers = (method: string, path: string, body: unknown, options: CachedCallOptions) => Partial<ReceivedResponse> | Error;

/** A client that answers as a test says, JSON `{"n":1}` for the first call unless it says otherwise. */
function scene(answers: Answers = () => ({}), options: CachedClientOptions = {}) {
  const clock = virtualClock();
  const calls: [string, string, unknown, CachedCallOptions | null | undefined][] = [];
  const client = {
    held: Promise.resolve(),
    async call(method: string, path: string, body?: unknown, given?: CachedCallOptions | null): Promise<ReceivedResponse> {
      calls.push([method, path, body, given]);
      const raw = Buffer.from(JSON.stringify({ n: calls.length }));
      await client.held;
      const answer = answers(method, path, body, given ?? {});
      if (answer instanceof Error) throw answer;
      const headers = { 'content-type': 'application/json' };
      return { statusCode: 200, headers, raw, instance: instanceRecord('users-1'), ...answer };
    },
  };
  const cache = new RequestCache({ ttl: '1m', clock });
  const cached = new CachedClient(client, cache, { clock, ...options });
  const text = async (...call: Parameters<typeof cached.call>) => Buffer.from((await cached.call(...call)).raw).toString();
  return { clock, calls, client, cache, cached, text };
}

describe('CachedClient', () => {
  it('answers a GET from the cache, without a call, until the ttl is over', async () => {
    const { clock, calls, cached } = scene();
    const first = await cached.call('GET', '/users/1');
    const second = await cached.call('get', '/users/1');
    expect([first, second]).toMatchObject([
      { source: 'miss', statusCode: 200, data: { n: 1 } },
      { source: 'hit', statusCode: 200, data: { n: 1 }, size: 7, instance: { id: 'users-1' } },
    ]);
    expect(calls).toHaveLength(1);
    await clock.advance(60_000);
    expect(await cached.call('GET', '/users/1')).toMatchObject({ data: { n: 2 } });
  });

  it('passes any other call on untouched, and keeps nothing of it', async () => {
    const { calls, text, cache } = scene();
    const past: Parameters<typeof text>[] = [
      ['POST', '/users', { name: 'ada' }, { timeout: '1s' }],
      ['GET', '/search', { deep: true }],
      ['GET', '/export', null, { stream: true }],
      ['GET', '/users', null, { headers: { Range: 'bytes=0-1' } }],
    ];
    for (const call of past) {
      await text(...call);
      await text(...call);
      expect(calls.splice(0)).toEqual([call, call].map((one) => [...one, undefined].slice(0, 4)));
    }
    expect(cache.size).toBe(0);
  });

  it('does not keep what failed, neither as an error nor by its status', async () => {
    let failures = 0;
    const { text } = scene(() => (++failures === 1 ? new WeftError('WEFT_UNAVAILABLE', 'refused') : { statusCode: 500 }));
    await expect(text('GET', '/')).rejects.toMatchObject({ code: 'WEFT_UNAVAILABLE' });
    expect([await text('GET', '/'), await text('GET', '/')]).toEqual(['{"n":2}', '{"n":3}']);
  });

  it('forgets what is kept under the path of a write, also when that failed', async () => {
    const { text } = scene((method) => (method === 'DELETE' ? new WeftError('WEFT_DEADLINE_EXCEEDED', 'late') : {}));
    expect(await text('GET', '/users/1?full=1')).toBe('{"n":1}');
    await text('PUT', '/users/1', { name: 'ada' });
    expect(await text('GET', '/users/1?full=1')).toBe('{"n":3}');
    await expect(text('DELETE', '/users/1')).rejects.toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED' });
    expect(await text('GET', '/users/1?full=1')).toBe('{"n":5}');
    await text('OPTIONS', '/users/1');
    expect(await text('GET', '/users/1?full=1')).toBe('{"n":5}');
  });

  it('gives no user what another one asked for, nor one service what another one said', async () => {
    const { text } = scene();
    const asked: CachedCallOptions[] = [
      { headers: { Authorization: 'a' } },
      { headers: { authorization: 'b' } },
      { service: 'orders' },
      {},
    ];
    for (const [n, options] of asked.entries()) expect(await text('GET', '/', null, options)).toBe(`{"n":${n + 1}}`);
    for (const [n, options] of asked.entries()) expect(await text('GET', '/', null, options)).toBe(`{"n":${n + 1}}`);
  });

  it('leaves a path that cannot be sent to the client, which refuses it', async () => {
    const { cached, calls, text } = scene();
    await text('GET', '/me', null, { headers: { authorization: 'a' } });
    expect(await cached.call('GET', '/me?\nauthorization:"a"')).not.toHaveProperty('source');
    expect(calls).toHaveLength(2);
  });

  it('shares a cache with a client of the same name only', async () => {
    const { cache, client, clock } = scene();
    const named = (options: CachedClientOptions) => new CachedClient(client, cache, { clock, ...options });
    const clients = [named({ name: 'users' }), named({ name: 'users' }), named({}), named({})];
    const answers = await Promise.all(clients.map((each) => each.call('GET', '/')));
    expect(answers.map(({ raw }) => Buffer.from(raw).toString())).toEqual(['{"n":1}', '{"n":1}', '{"n":2}', '{"n":3}']);
  });

  it('asks whether an answer has changed', async () => {
    const { clock, calls, text } = scene((_method, _path, _body, { headers }) =>
      headers?.['if-none-match'] ? { statusCode: 304, raw: Buffer.from('') } : { headers: { etag: '"a"' } },
    );
    await text('GET', '/', null, { headers: { accept: '*/*' } });
    await clock.advance(60_000);
    expect(await text('GET', '/', null, { headers: { accept: '*/*' } })).toBe('{"n":1}');
    expect(calls[1]?.[3]).toEqual({ headers: { accept: '*/*', 'if-none-match': '"a"' } });
  });
});

describe('a load of a CachedClient', () => {
  it('goes on when the caller who began it cancels, is out of time, or is gone', async () => {
    const { client, clock, calls, cached, text } = scene();
    const { passed, open } = gate();
    client.held = passed;
    const [own, inherited] = [new AbortController(), new AbortController()];
    const seen = [
      cached.call('GET', '/', null, { signal: own.signal }),
      cached.call('GET', '/', null, { timeout: '1s' }),
      runInContext({ deadlineAt: clock.now() + 500 }, () => cached.call('GET', '/')),
      runInContext({ signal: inherited.signal }, () => cached.call('GET', '/', null, { timeout: false })),
    ].map((call) => call.then(undefined, ({ code }: WeftError) => code));
    const patient = text('GET', '/');
    own.abort();
    inherited.abort(new WeftError('WEFT_DEADLINE_EXCEEDED', 'the time of the request is up'));
    await clock.advance(1_000);
    const late = 'WEFT_DEADLINE_EXCEEDED';
    expect(await Promise.all(seen)).toEqual(['WEFT_CANCELLED', late, late, late]);
    open();
    expect(await patient).toBe('{"n":1}');
    expect(calls).toEqual([['GET', '/', null, { headers: {} }]]);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('is made outside of the request that began it, as a part of its trace', async () => {
    const contexts: unknown[] = [];
    const { cached } = scene(() => {
      contexts.push(currentContext());
      return {};
    });
    const trace = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), sampled: true };
    await runInContext({ deadlineAt: 1_500, signal: AbortSignal.timeout(60_000), trace }, () => cached.call('GET', '/'));
    expect(contexts).toEqual([{ trace }]);
  });

  it('is not begun for a caller who is gone', async () => {
    const { cached, calls } = scene();
    const call = cached.call('GET', '/', null, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ code: 'WEFT_CANCELLED' });
    await settle();
    expect(calls).toEqual([]);
  });
});

describe('CachedClient with unsafe', () => {
  it('keeps any answer to any method by method, path and body, as the seed does', async () => {
    const { clock, calls, text } = scene(() => ({ statusCode: 404, headers: { 'cache-control': 'no-store' } }), { unsafe: true });
    const asked: Parameters<typeof text>[] = [
      ['GET', '/'],
      ['POST', '/', { a: 1 }],
      ['POST', '/', { a: 2 }],
      ['DELETE', '/'],
    ];
    for (const [n, call] of asked.entries()) expect(await text(...call)).toBe(`{"n":${n + 1}}`);
    for (const [n, call] of asked.entries()) expect(await text(...call)).toBe(`{"n":${n + 1}}`);
    expect(await text('GET', '/', null, { headers: { authorization: 'somebody else' } })).toBe('{"n":1}');
    expect(calls).toHaveLength(4);
    await clock.advance(60_000);
    expect(await text('GET', '/')).toBe('{"n":5}');
  });

  it('keeps no error, and nothing of a body that has no text', async () => {
    let failures = 0;
    const { text } = scene(() => (++failures === 1 ? new WeftError('WEFT_UNAVAILABLE', 'refused') : {}), { unsafe: true });
    await expect(text('GET', '/')).rejects.toMatchObject({ code: 'WEFT_UNAVAILABLE' });
    expect([await text('GET', '/'), await text('GET', '/')]).toEqual(['{"n":2}', '{"n":2}']);
    async function* pieces() {
      yield Buffer.from('a');
    }
    for (const n of [3, 4]) expect(await text('POST', '/', pieces())).toBe(`{"n":${n}}`);
    for (const n of [5, 6]) expect(await text('POST', '/', 1n)).toBe(`{"n":${n}}`);
    for (const n of [7, 8]) expect(await text('GET', '/', null, { stream: true })).toBe(`{"n":${n}}`);
  });
});
