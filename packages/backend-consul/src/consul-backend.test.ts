import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, type WeftError } from '@weft/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ScriptedAgent } from '../test/scripted-agent.js';
import type { ConsulBackend } from './consul-backend.js';
import type { ConsulOptions } from './consul-options.js';
import { openConsul } from './open-consul.js';

const { signal } = new AbortController();
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function agent(answer: ScriptedAgent['answer']): Promise<ScriptedAgent> {
  const one = await new ScriptedAgent(answer).listen();
  closing.unshift(() => one.close());
  return one;
}

async function open(options: ConsulOptions): Promise<ConsulBackend> {
  const backend = await openConsul({ timeout: 1_000, ...options });
  closing.unshift(() => backend.close());
  return backend;
}

const read = { what: 'reading', path: ['kv', 'a b/c'], signal };
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it works'),
    (error: WeftError) => error,
  );

describe('a request', () => {
  it('carries the token, the datacenter and the namespace, and its parts encoded', async () => {
    const one = await agent(() => ({ body: 'ok' }));
    const backend = await open({ address: one.address, token: 's3cret', datacenter: 'dc2', namespace: 'team' });
    const { status, body } = await backend.request({ ...read, method: 'PUT', body: { a: 1 } });
    expect([status, body]).toEqual([200, 'ok']);
    const last = one.seen.at(-1);
    expect([last?.method, last?.path, last?.body]).toEqual(['PUT', '/v1/kv/a%20b%2Fc', '{"a":1}']);
    expect(Object.fromEntries(last?.query ?? [])).toEqual({ dc: 'dc2', ns: 'team' });
    expect(last?.headers['x-consul-token']).toBe('s3cret');
  });

  it('keeps the datacenter from what is about the agent itself', async () => {
    const one = await agent(() => ({}));
    const backend = await open({ address: one.address, datacenter: 'dc2' });
    await backend.request({ what: 'beat', method: 'PUT', path: ['agent', 'check', 'pass', 'x'], signal });
    expect(one.of('/v1/agent/check/pass/x')[0]?.query.toString()).toBe('');
  });

  it('goes to the next agent when one is not reached, and stays there', async () => {
    const [first, second] = [await agent(() => ({})), await agent(() => ({}))];
    const backend = await open({ address: [first.address, second.address] });
    await backend.request(read);
    await first.close();
    for (let time = 0; time < 3; time++) await backend.request(read);
    expect([first.of('/v1/kv/a%20b%2Fc').length, second.of('/v1/kv/a%20b%2Fc').length]).toEqual([1, 3]);
  });

  it('goes to the next agent within its time when one is silent', async () => {
    const [first, second] = [await agent(() => undefined), await agent(() => ({}))];
    const backend = await open({ address: `${first.address},${second.address}` });
    await backend.request(read);
    expect(first.seen.map(({ path }) => path)).toEqual(['/v1/health/service/consul']);
  });

  it('goes to no other agent when it may have been done and must not be done twice', async () => {
    const [first, second] = [await agent(() => ({})), await agent(() => ({}))];
    const backend = await open({ address: [first.address, second.address] });
    first.answer = () => undefined;
    const error = await failure(backend.request({ ...read, isRepeatable: false }));
    expect([error.code, error.failure, second.seen.length]).toEqual(['WEFT_REGISTRY_UNAVAILABLE', 'timeout', 0]);
  });

  it('rejects with the way in which no agent was reached', async () => {
    const gone = await agent(() => ({}));
    await gone.close();
    const silent = await agent(() => undefined);
    const reset = await agent(() => ({}));
    expect(await failure((await open({ address: '127.0.0.1:1' })).request(read))).toMatchObject({
      code: 'WEFT_REGISTRY_UNAVAILABLE',
      failure: 'refused',
    });
    expect(await failure((await open({ address: silent.address })).request(read))).toMatchObject({ failure: 'timeout' });
    const backend = await open({ address: reset.address });
    reset.answer = () => undefined;
    const pending = failure(backend.request(read));
    await vi.waitFor(() => expect(reset.of('/v1/kv/a%20b%2Fc')).toHaveLength(1), { timeout: 10_000 });
    await reset.close();
    expect(await pending).toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE', failure: 'reset' });
  });

  it.each([
    [403, 'ACL not found', 'WEFT_UNAUTHENTICATED'],
    [403, 'token does not exist: ACL not found', 'WEFT_UNAUTHENTICATED'],
    [401, 'ACL support disabled', 'WEFT_UNAUTHENTICATED'],
    [403, 'Permission denied', 'WEFT_PERMISSION_DENIED'],
    [400, 'Bad request', 'WEFT_INVALID_ARGUMENT'],
    [413, 'Request body too large', 'WEFT_INVALID_ARGUMENT'],
    [429, 'Too many requests', 'WEFT_REGISTRY_UNAVAILABLE'],
    [500, 'No cluster leader', 'WEFT_REGISTRY_UNAVAILABLE'],
    [301, 'Moved', 'WEFT_REGISTRY_UNAVAILABLE'],
  ])('of status %i "%s" is %s, with what was said and without a failure of the wire', async (status, text, code) => {
    const one = await agent(({ nth, path }) => (path.startsWith('/v1/kv') && nth >= 0 ? { status, body: text } : {}));
    const error = await failure((await open({ address: one.address, token: 's3cret' })).request(read));
    expect([error.code, error.failure]).toEqual([code, undefined]);
    expect(error.message).toContain(text);
    expect(error.message).toContain(one.address);
    expect(error.message).not.toContain('s3cret');
  });

  it.each([['is no JSON', { headers: { 'content-type': 'application/json' }, body: 'not json' }]])(
    'whose answer %s fails without a failure of the wire',
    async (_, answer) => {
      const one = await agent(({ path }) => (path.startsWith('/v1/kv') ? answer : {}));
      const error = await failure((await open({ address: one.address })).request(read));
      expect([error.code, error.failure]).toEqual(['WEFT_REGISTRY_UNAVAILABLE', undefined]);
      expect(error.message).toContain('makes no sense');
    },
  );

  it('ends at once when it is aborted, and when the backend is closed', async () => {
    const one = await agent(({ path }) => (path.startsWith('/v1/kv') ? undefined : {}));
    const backend = await open({ address: one.address, timeout: '60s' });
    const control = new AbortController();
    const [aborted, closed] = [backend.request({ ...read, signal: control.signal }), backend.request(read)].map(failure);
    await vi.waitFor(() => expect(one.of('/v1/kv/a%20b%2Fc')).toHaveLength(2), { timeout: 10_000 });
    control.abort();
    expect(await aborted).toMatchObject({ code: 'WEFT_CANCELLED' });
    await backend.close();
    await backend.close();
    expect(await closed).toMatchObject({ code: 'WEFT_CLOSED' });
    expect(await failure(backend.request(read))).toMatchObject({ code: 'WEFT_CLOSED' });
    expect(await failure(backend.request({ ...read, signal: AbortSignal.abort() }))).toMatchObject({ code: 'WEFT_CLOSED' });
  });
});

describe('a query that follows', () => {
  const query = { what: 'listing', path: ['kv', 'x'], signal };
  const path = '/v1/kv/x';

  async function counted(answer: ScriptedAgent['answer'], ms: number): Promise<readonly unknown[]> {
    const one = await agent(answer);
    const backend = await open({ address: one.address });
    const control = new AbortController();
    const told: unknown[] = [];
    const done = (async () => {
      for await (const { body } of backend.follow({ ...query, signal: control.signal })) told.push(body);
    })();
    await sleep(ms);
    control.abort();
    await done;
    return one.of(path);
  }

  it('is sent at most 5 times in 3 s, whatever the index', async () => {
    const indexes: Readonly<Record<string, (nth: number) => Readonly<Record<string, string>>>> = {
      'a new one each time': (nth) => ({ 'x-consul-index': String(nth + 1) }),
      'always 0': () => ({ 'x-consul-index': '0' }),
      'going back': (nth) => ({ 'x-consul-index': String(100 - nth) }),
      'no number': () => ({ 'x-consul-index': 'soon' }),
      none: () => ({}),
      'the same, not held': () => ({ 'x-consul-index': '7' }),
    };
    const counts = Object.entries(indexes).map(async ([what, headers]) => {
      const seen = await counted(({ nth, path: asked }) => ({ headers: asked === path ? headers(nth) : {} }), 2_950);
      return { what, sent: seen.length };
    });
    for (const { what, sent } of await Promise.all(counts)) {
      expect(sent, what).toBeGreaterThan(2);
      expect(sent, what).toBeLessThanOrEqual(5);
    }
  });

  it('waits for the change of the index, and asks anew without one when that has gone back', async () => {
    const indexes = ['5', '9', '3', '4'];
    const one = await agent(({ path: asked, nth }) => {
      if (asked !== path) return {};
      const index = indexes[nth];
      return index === undefined ? undefined : { headers: { 'x-consul-index': index }, body: [nth] };
    });
    const backend = await open({ address: one.address });
    const told: unknown[] = [];
    for await (const { body } of backend.follow(query)) {
      told.push(body);
      if (told.length === 4) break;
    }
    expect(told).toEqual([[0], [1], [2], [3]]);
    expect(one.of(path).map((request) => request.query.get('index'))).toEqual([null, '5', '9', null]);
    for (const request of one.of(path)) expect(request.query.has('stale')).toBe(true);
    expect(one.of(path)[1]?.query.get('wait')).toMatch(/^8\d{3}ms$/);
  });

  it('does not wait for the index of a server that was restarted while no query was out', async () => {
    let index = 18;
    const one = await agent(({ path: asked, query: asking }) => {
      const isHeld = Number(asking.get('index') ?? 0) > index;
      return isHeld ? undefined : { headers: asked === path ? { 'x-consul-index': String(index) } : {}, body: [index] };
    });
    const follow = (await open({ address: one.address })).follow(query);
    expect((await follow.next()).value).toMatchObject({ body: [18] });
    await one.restart();
    // Some turns of the event loop, in which the end of its connections is heard.
    for (let turn = 0; turn < 5; turn++) await sleep(10);
    index = 3;
    expect((await follow.next()).value).toMatchObject({ body: [3] });
    expect(one.of(path).map((request) => request.query.get('index'))).toEqual([null, null]);
  });

  it('fails with what the server answers, without a failure of the wire', async () => {
    const one = await agent(({ path: asked }) => (asked === path ? { status: 500, body: 'No cluster leader' } : {}));
    const backend = await open({ address: one.address });
    const error = await failure(backend.follow(query).next());
    expect([error.code, error.failure]).toEqual(['WEFT_REGISTRY_UNAVAILABLE', undefined]);
  });

  it('fails when a server without a leader answers after one that had one', async () => {
    const answers = ['true', 'false'];
    const one = await agent(({ path: asked, nth }) => {
      return asked === path ? { headers: { 'x-consul-index': String(nth + 1), 'x-consul-knownleader': answers[nth] ?? '' } } : {};
    });
    const follow = (await open({ address: one.address })).follow(query);
    await follow.next();
    const error = await failure(follow.next());
    expect([error.code, error.failure]).toEqual(['WEFT_REGISTRY_UNAVAILABLE', undefined]);
  });

  it('fails within 4.5 s when the agent falls silent, however many follow, found by one probe', async () => {
    let isSilent = false;
    const one = await agent(({ path: asked, query: asking }) => {
      return isSilent || asking.has('index') ? undefined : { headers: asked === path ? { 'x-consul-index': '5' } : {} };
    });
    const backend = await open({ address: one.address, timeout: '60s' });
    const follows = [1, 2, 3].map(() => backend.follow(query));
    for (const follow of follows) await follow.next();
    const pending = follows.map((follow) => failure(follow.next()));
    await vi.waitFor(() => expect(one.of('/v1/status/leader')).toHaveLength(1), 5_000);
    isSilent = true;
    const startedAt = systemClock.now();
    for (const error of await Promise.all(pending)) {
      expect(error).toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE', failure: 'timeout' });
    }
    expect(systemClock.now() - startedAt).toBeLessThan(4_500);
    expect(one.of('/v1/status/leader')).toHaveLength(2);
  });

  it('goes on at the next agent when it is begun again', async () => {
    const held: ScriptedAgent['answer'] = ({ path: asked, query: asking }) => {
      return asking.has('index') ? undefined : { headers: asked === path ? { 'x-consul-index': '5' } : {}, body: [asked] };
    };
    const [first, second] = [await agent(held), await agent(held)];
    const backend = await open({ address: [first.address, second.address] });
    const follow = backend.follow(query);
    await follow.next();
    const pending = failure(follow.next());
    await vi.waitFor(() => expect(first.of(path)).toHaveLength(2), { timeout: 10_000 });
    await first.close();
    expect(await pending).toMatchObject({ failure: 'reset' });
    expect((await backend.follow(query).next()).value).toMatchObject({ status: 200 });
    expect(second.of(path)).toHaveLength(1);
  });

  it('ends without an error when its signal is aborted', async () => {
    const one = await agent(({ query: asking }) => (asking.has('index') ? undefined : { headers: { 'x-consul-index': '5' } }));
    const backend = await open({ address: one.address });
    const control = new AbortController();
    const follow = backend.follow({ ...query, signal: control.signal });
    await follow.next();
    const next = follow.next();
    control.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
