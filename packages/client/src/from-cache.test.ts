import { RequestCache } from '@weft/cache';
import { type Script, settle, virtualClock } from '@weft/conformance';
import { runInContext, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { type answerIn, clientScene, failureOf, json, sentHeader } from '../test/client-scene.js';

import type { Policies } from './policy.js';

const CACHED: Policies = { users: { cache: { ttl: '1m' } } };

let close = async () => {};
afterEach(() => close());

async function open(script: Script, policies: Policies = CACHED, clock = virtualClock()) {
  const cache = new RequestCache({ clock });
  const scene = await clientScene(script, { policies, clock, cache });
  close = scene.drain;
  return { ...scene, cache };
}

/** A script whose answers a test gives, oldest first. */
function heldCalls() {
  const held: ((answer: Awaited<ReturnType<typeof answerIn>> | Error) => void)[] = [];
  const script: Script = () => new Promise((resolve) => void held.push(resolve));
  return { script, answerNext: (answer: Parameters<(typeof held)[0]>[0]) => held.shift()?.(answer) };
}

describe('a cached call', () => {
  it('is answered without being sent while what is kept is fresh', async () => {
    const { client, clock, transport } = await open(() => json({ id: 7 }));
    expect((await client.get('/users/7')).attempts).toHaveLength(1);
    const hit = await client.get('/users/7');
    expect(hit).toMatchObject({ statusCode: 200, data: { id: 7 }, attempts: [], degraded: false, instance: { id: 'users-1' } });
    expect(transport.sent).toHaveLength(1);
    await clock.advance(60_000);
    await client.get('/users/7');
    expect(transport.sent).toHaveLength(2);
  });

  it('that hits takes neither a token nor a place', async () => {
    const policies = { users: { ...CACHED.users, rateLimit: { limit: 1, window: '1h' }, bulkhead: { maxConcurrent: 1 } } };
    const { client, transport } = await open(({ path }) => (path === '/users/8' ? 'hang' : json({})), policies);
    await client.get('/users/7');
    client.setPolicies({ users: { ...policies.users, rateLimit: { limit: 2, window: '1h' } } });
    void failureOf(client.get('/users/8'));
    await settle();
    expect(await failureOf(client.get('/users/9'))).toMatchObject({ code: 'WEFT_RATE_LIMITED' });
    for (let n = 0; n < 5; n++) expect((await client.get('/users/7')).statusCode).toBe(200);
    expect(transport.sent).toHaveLength(2);
  });

  it('R66 is loaded once for 100 who ask at the same time', async () => {
    const { script, answerNext } = heldCalls();
    const { client, transport } = await open(script);
    const calls = Array.from({ length: 100 }, () => client.get('/users/7'));
    await settle();
    answerNext(json({ id: 7 }));
    for (const { data } of await Promise.all(calls)) expect(data).toEqual({ id: 7 });
    expect(transport.sent).toHaveLength(1);
  });

  it('R66 shares nothing between callers with different credentials, and keeps no POST and no 5xx', async () => {
    const { client, transport, finish } = await open(() => json({}));
    for (const authorization of ['Bearer a', 'Bearer b', 'Bearer a'])
      await client.get('/users/7', { headers: { authorization } });
    expect(transport.sent).toHaveLength(2);
    for (let n = 0; n < 2; n++) await client.post('/search', {});
    expect(transport.sent).toHaveLength(4);
    transport.script = () => json({}, 501);
    for (let n = 0; n < 2; n++) await finish(client.get('/users/8'));
    expect(transport.sent).toHaveLength(6);
  });

  it('goes on for the others when the first who asked gives up, or runs out of time', async () => {
    for (const givesUp of [true, false]) {
      const { script, answerNext } = heldCalls();
      const { client, clock, transport } = await open(script);
      const first = client.callAsync('GET', '/users/7', null, givesUp ? {} : { timeout: 100 });
      await settle();
      const second = client.get('/users/7');
      await settle();
      if (givesUp) first.cancel();
      await clock.advance(120);
      expect(await failureOf(first)).toMatchObject({ code: givesUp ? 'WEFT_CANCELLED' : 'WEFT_DEADLINE_EXCEEDED' });
      answerNext(json({ id: 7 }));
      expect((await second).data).toEqual({ id: 7 });
      expect((await client.get('/users/7')).data).toEqual({ id: 7 });
      expect(transport.sent).toHaveLength(1);
      await close();
    }
    close = async () => {};
  });

  it('has neither the deadline nor the signal of the request that made it, but its place in the trace', async () => {
    const { client, clock, transport } = await open(() => json({}));
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true };
    await runInContext({ deadlineAt: clock.now() + 500, trace }, () => client.get('/users/7', { timeout: 200 }));
    const [sent] = transport.sent;
    expect(sent && sentHeader(sent, 'x-request-timeout-ms')).toBe('10000');
    expect(sent && sentHeader(sent, 'traceparent')).toContain(trace.traceId);
  });

  it('is waited for by close(), also when nobody waits for it any more', async () => {
    const { script, answerNext } = heldCalls();
    const { client, clock } = await open(script);
    void failureOf(client.get('/users/7', { timeout: 50 }));
    await clock.advance(100);
    let isClosed = false;
    const closed = client.close().then(() => {
      isClosed = true;
    });
    await settle();
    expect(isClosed).toBe(false);
    answerNext(json({}));
    await closed;
  });

  it('is asked for again with what is known of it, and a 304 makes it fresh', async () => {
    let isChanged = false;
    const script: Script = (attempt) =>
      sentHeader(attempt, 'if-none-match') === '"1"' && !isChanged
        ? { status: 304 }
        : { ...json({ isChanged }), headers: { 'content-type': 'application/json', etag: '"1"' } };
    const { client, clock, transport } = await open(script);
    await client.get('/users/7');
    for (let n = 0; n < 2; n++) {
      await clock.advance(60_000);
      expect(await client.get('/users/7')).toMatchObject({ statusCode: 200, data: { isChanged: false } });
      expect((await client.get('/users/7')).attempts).toEqual([]);
    }
    expect(transport.sent).toHaveLength(3);
    isChanged = true;
    await clock.advance(60_000);
    expect((await client.get('/users/7')).data).toEqual({ isChanged: true });
  });

  it.each<[string, Script]>([
    ['that works', () => json({}, 201)],
    ['that fails: it may have had its effect', () => json({}, 500)],
    ['that ends without an answer', () => new WeftError('WEFT_UNAVAILABLE', 'reset', { failure: 'reset', ambiguous: true })],
  ])('is forgotten by a write %s', async (_, write) => {
    const { client, transport } = await open(() => json({}));
    await client.get('/users/7');
    transport.script = write;
    await failureOf(client.call('PATCH', '/users/7', { name: 'Ann' }));
    transport.script = () => json({});
    const before = transport.sent.length;
    await client.get('/users/7');
    expect(transport.sent).toHaveLength(before + 1);
  });

  it('is not forgotten by a read that goes past the cache', async () => {
    const { client, cache } = await open(() => json({}));
    await client.get('/users/7');
    await client.get('/users/7', { headers: { 'cache-control': 'no-store' } });
    await client.call('OPTIONS', '/users/7');
    expect(cache.size).toBe(1);
  });

  it('asks each who waits whether a bad status is an error', async () => {
    const { script, answerNext } = heldCalls();
    const { client } = await open(script);
    const strict = failureOf(client.get('/users/7', { throwOnStatus: true }));
    const lenient = client.get('/users/7');
    const strictToo = failureOf(client.get('/users/7', { throwOnStatus: true }));
    await settle();
    answerNext(json({}, 404));
    const failure = { code: 'WEFT_HTTP_STATUS', cause: { statusCode: 404 } };
    expect(await strict).toMatchObject({ ...failure, attempts: [{ outcome: 'status 404' }] });
    expect(await strictToo).toMatchObject(failure);
    expect((await lenient).statusCode).toBe(404);
  });

  it('tells all who wait when it fails, and keeps nothing', async () => {
    const { script, answerNext } = heldCalls();
    const { client, cache } = await open(script, { users: { ...CACHED.users, retries: 0 } });
    const failures = [1, 2].map(() => failureOf(client.get('/users/7')));
    await settle();
    answerNext(new WeftError('WEFT_PROTOCOL_ERROR', 'garbage', { failure: 'protocol' }));
    for (const failure of await Promise.all(failures)) {
      expect(failure).toMatchObject({ code: 'WEFT_PROTOCOL_ERROR', attempts: [{ outcome: 'protocol' }] });
      expect(client.explain(failure)).toMatchObject({ rule: 'final', attempts: [{ instance: 'users-1' }] });
    }
    expect(cache.size).toBe(0);
  });

  it('has a stale answer for a fallback, and the tries that failed before it', async () => {
    const policies = { users: { ...CACHED.users, fallback: 'stale', retries: 0 } } as const;
    const { client, clock, transport } = await open(() => json({ id: 7 }), policies);
    await client.get('/users/7');
    await clock.advance(60_000);
    transport.script = () => json({}, 503);
    const stale = await client.get('/users/7');
    expect(stale).toMatchObject({ statusCode: 200, degraded: true, data: { id: 7 } });
    expect(stale.attempts).toMatchObject([{ outcome: 'status 503' }]);
    expect((await client.get('/users/8')).statusCode).toBe(503);
  });

  it('tells the service that it serves when the load gave up after retries', async () => {
    const { client, finish } = await open(() => json({}, 503));
    const ambient = { retriesExhausted: false };
    await finish(runInContext(ambient, () => client.get('/users/7')));
    expect(ambient.retriesExhausted).toBe(true);
  });

  it('is sent past the cache when its body comes in pieces, or its route says so', async () => {
    async function* pieces() {
      yield Buffer.from('a');
    }
    const policies = { ...CACHED, 'users GET /now': { cache: false } };
    const { client, transport } = await open(({ path }) => (path === '/export' ? { body: pieces() } : json({})), policies);
    for (let n = 0; n < 2; n++) {
      const { body } = await client.get('/export', { stream: true });
      for await (const piece of body) expect(Buffer.from(piece).toString()).toBe('a');
      await client.get('/now');
    }
    expect(transport.sent).toHaveLength(4);
  });

  it('needs a cache: without one it is sent', async () => {
    const scene = await clientScene(() => json({}), { policies: CACHED });
    close = scene.drain;
    for (let n = 0; n < 2; n++) await scene.client.get('/users/7');
    expect(scene.transport.sent).toHaveLength(2);
  });
});
