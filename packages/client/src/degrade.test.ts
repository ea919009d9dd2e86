import { type Script, settle } from '@weft/conformance';
import { type CacheableReply, type ReplyCache, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { clientScene, failureOf, json } from '../test/client-scene.js';
import type { FallbackPolicy, RoutePolicy } from './policy.js';

type Fallbacks = NonNullable<RoutePolicy['fallback']>;

const refused = () => new WeftError('WEFT_UNAVAILABLE', 'connection refused', { failure: 'refused' });

let close = async () => {};
afterEach(() => close());

async function open(script: Script, fallback: Fallbacks, options: Parameters<typeof clientScene>[1] = {}) {
  const scene = await clientScene(script, { policies: { users: { fallback } }, retries: 0, ...options });
  close = scene.drain;
  return scene;
}

describe('a fallback of a policy', () => {
  it('answers with a value, and the answer says that it is degraded', async () => {
    const { client, finish } = await open(refused, { value: { users: [] }, status: 203 });
    const response = await finish(client.get('/users'));
    expect(response).toMatchObject({ statusCode: 203, degraded: true, data: { users: [] }, instance: { id: 'fallback' } });
    expect(response.attempts.length).toBeGreaterThan(0);
    expect(response.attempts.every(({ outcome }) => outcome === 'refused')).toBe(true);
    expect(response.text()).toBe('{"users":[]}');
  });

  it('answers with what a function makes of the failure and the request', async () => {
    const seen: unknown[] = [];
    const make: FallbackPolicy = async (failure, { method, path, body }) => {
      seen.push([failure.code, method, path, body]);
      return { queued: true };
    };
    const { client } = await open(() => json({}, 500), make);
    expect(await client.post('/users', { name: 'Ann' })).toMatchObject({ degraded: true, data: { queued: true } });
    expect(seen).toEqual([['WEFT_HTTP_STATUS', 'POST', '/users', { name: 'Ann' }]]);
  });

  it('answers with nothing where a function gives nothing', async () => {
    const { client } = await open(
      () => json({}, 500),
      () => undefined,
    );
    expect(await client.get('/users')).toMatchObject({ statusCode: 200, degraded: true, data: undefined });
  });

  it('answers with the last good answer of the cache, who gave it included', async () => {
    const kept = { status: 200, headers: {}, body: Buffer.from('old'), instance: { id: 'users-9' } } as unknown as CacheableReply;
    const cache = { handles: () => false, stale: () => kept } as unknown as ReplyCache;
    const { client } = await open(() => json({}, 503), 'stale', { cache });
    const response = await client.get('/users');
    expect(response).toMatchObject({ statusCode: 200, degraded: true, instance: { id: 'users-9' } });
    expect(response.text()).toBe('old');
  });

  it('is the first of a list that has an answer', async () => {
    const failing = () => {
      throw new Error('a bug');
    };
    const { client } = await open(() => json({}, 500), ['stale', failing, { value: 'third' }, { value: 'fourth' }]);
    expect((await client.get('/users')).data).toBe('third');
  });

  it.each([500, 502, 503, 504])('stands for an answer of %i', async (status) => {
    const { client } = await open(() => json({}, status), { value: 1 });
    expect((await client.get('/users')).degraded).toBe(true);
  });

  it.each([200, 304, 400, 404, 429])('leaves an answer of %i as it is, also one that is to be an error', async (status) => {
    const { client } = await open(() => json({}, status), { value: 1 });
    expect(await client.get('/users')).toMatchObject({ statusCode: status, degraded: false });
    const failure = await failureOf(client.get('/users', { throwOnStatus: true }));
    if (status >= 400) expect(failure).toMatchObject({ code: 'WEFT_HTTP_STATUS', cause: { statusCode: status } });
  });

  it('stands for an answer of 5xx that was to be an error', async () => {
    const { client } = await open(() => json({}, 500), { value: 1 });
    expect((await client.get('/users', { throwOnStatus: true })).degraded).toBe(true);
  });

  it('stands for refusals too: a spent limit, a full bulkhead, an open breaker, nobody to call, time that is up', async () => {
    const policies = { users: { fallback: { value: 1 }, rateLimit: { limit: 1, window: '1m' } } };
    const { client, driver, finish } = await open(() => 'hang', { value: 1 }, { policies, timeout: '1s' });
    const degraded = async () => (await finish(client.get('/users'))).degraded;
    expect(await degraded()).toBe(true);
    expect(await degraded()).toBe(true);
    client.setPolicies({ users: { fallback: { value: 1 }, bulkhead: { maxConcurrent: 1 } } });
    void client.get('/users');
    expect(await degraded()).toBe(true);
    client.setPolicies({ users: { fallback: { value: 1 } } });
    client.getCircuitBreaker()?.open();
    expect(await degraded()).toBe(true);
    client.getCircuitBreaker()?.close();
    driver.set([]);
    expect(await degraded()).toBe(true);
  });

  it('stands for nothing that the caller has done: a cancel, a bad argument, a closed client', async () => {
    const { client } = await open(() => 'hang', { value: 1 });
    const pending = client.callAsync('GET', '/users');
    await settle();
    pending.cancel();
    expect(await failureOf(pending)).toMatchObject({ code: 'WEFT_CANCELLED' });
    expect(await failureOf(client.get('//evil/'))).toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
    await client.close();
    expect(await failureOf(client.get('/users'))).toMatchObject({ code: 'WEFT_CLOSED' });
  });

  it.each<[string, Fallbacks]>([
    ['that throws', () => Promise.reject(new Error('a bug'))],
    ['that cannot be sent', () => 1n],
    ['that is not kept', 'stale'],
  ])('%s leaves the failure as it was, of an error and of an answer', async (_, fallback) => {
    const { client, transport } = await open(() => json({ error: 'real' }, 500), fallback);
    expect(await client.get('/users')).toMatchObject({ statusCode: 500, data: { error: 'real' }, degraded: false });
    transport.script = () => new WeftError('WEFT_PROTOCOL_ERROR', 'garbage', { failure: 'protocol' });
    const failure = await failureOf(client.get('/users'));
    expect(failure).toMatchObject({ code: 'WEFT_PROTOCOL_ERROR', message: expect.stringContaining('garbage') });
    expect(client.explain(failure).rule).toBe('final');
  });

  it('that takes long can be given up by the caller at once', async () => {
    const { client } = await open(refused, () => new Promise(() => {}));
    const pending = client.callAsync('POST', '/users', {});
    await settle(9);
    pending.cancel();
    expect(await failureOf(pending)).toMatchObject({ code: 'WEFT_CANCELLED' });
  });

  it('may take longer than the call had time: most calls that need one are out of time', async () => {
    let clock: { setTimer(ms: number, run: () => void): unknown } | undefined;
    const slow = () => new Promise<string>((resolve) => void clock?.setTimer(500, () => resolve('late')));
    const scene = await open(() => 'hang', slow, { timeout: '1s' });
    clock = scene.clock;
    expect((await scene.finish(scene.client.post('/users', {}))).data).toBe('late');
  });

  it('ends the streamed body that it stands for: nothing of that call is left', async () => {
    let ended: Error | undefined;
    const script: Script = (attempt) => {
      async function* endless() {
        yield Buffer.from('x');
        await new Promise(() => {});
      }
      const { abort } = attempt;
      attempt.abort = (error) => {
        ended = error;
        abort?.(error);
      };
      return { status: 503, body: endless() };
    };
    const policies = { users: { fallback: { value: 'instead' }, bulkhead: { maxConcurrent: 1 } } };
    const { client } = await open(script, { value: 1 }, { policies });
    for (let n = 0; n < 2; n++) {
      const response = await client.get('/export', { stream: true });
      expect(response).toMatchObject({ degraded: true, data: 'instead' });
      const read: string[] = [];
      for await (const piece of response.body) read.push(Buffer.from(piece).toString());
      expect(read).toEqual(['"instead"']);
    }
    await settle();
    expect(ended).toMatchObject({ code: 'WEFT_CANCELLED' });
  });
});
