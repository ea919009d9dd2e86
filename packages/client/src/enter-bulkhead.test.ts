import { instanceRecord, type Script, settle, virtualClock } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { answerIn, clientScene, failureOf, json } from '../test/client-scene.js';
import type { Policies } from './policy.js';

const ONE: Policies = { users: { bulkhead: { maxConcurrent: 1 } } };
const ONE_AND_QUEUE: Policies = { users: { bulkhead: { maxConcurrent: 1, maxQueue: 2 } } };
const reset = () => new WeftError('WEFT_UNAVAILABLE', 'connection reset', { failure: 'reset', ambiguous: true });

let close = async () => {};
afterEach(() => close());

async function open(script: Script, policies: Policies, options: Parameters<typeof clientScene>[1] = {}) {
  const scene = await clientScene(script, { policies, retries: 0, ...options });
  close = scene.drain;
  return scene;
}

/** Calls that are held until a test answers them, oldest first. */
function heldCalls() {
  const held: (() => void)[] = [];
  const script: Script = () => new Promise((resolve) => void held.push(() => resolve(json({}))));
  return { script, answerNext: () => held.shift()?.() };
}

describe('a bulkhead of a policy', () => {
  it('R58 bounds the calls to a slow service, and those to another one are not affected', async () => {
    const clock = virtualClock();
    const script: Script = ({ instance }) => (instance.name === 'users' ? 'hang' : answerIn(clock, 20));
    const options = { clock, policies: { '*': { bulkhead: { maxConcurrent: 25 } } } };
    const scene = await clientScene(script, options, ['users-1', instanceRecord('orders-1', { name: 'orders' })]);
    close = scene.drain;
    const { client, transport, finish } = scene;
    for (let n = 0; n < 25; n++) void failureOf(client.get('/users/7'));
    await settle();
    expect(await failureOf(client.get('/users/7'))).toMatchObject({
      code: 'WEFT_OVERLOADED',
      message: expect.stringContaining('users *: 25 calls are under way, which is all that its bulkhead allows'),
    });
    const startedAt = clock.now();
    const orders = Array.from({ length: 25 }, () => client.service('orders').get('/orders/1'));
    for (const { statusCode } of await finish(Promise.all(orders), 1)) expect(statusCode).toBe(200);
    expect(clock.now() - startedAt).toBe(20);
    expect(transport.sent.filter(({ instance }) => instance.name === 'users')).toHaveLength(25);
  });

  it('without a queue refuses at once, and sends nothing', async () => {
    const { client, clock, transport } = await open(() => 'hang', ONE);
    void failureOf(client.get('/users/1'));
    await settle();
    const startedAt = clock.now();
    expect(await failureOf(client.get('/users/2'))).toMatchObject({ code: 'WEFT_OVERLOADED', retryable: true, attempts: [] });
    expect(clock.now()).toBe(startedAt);
    expect(transport.sent).toHaveLength(1);
  });

  it('lets those in that wait in the order in which they came, and refuses who finds no room to wait', async () => {
    const { script, answerNext } = heldCalls();
    const { client, transport } = await open(script, ONE_AND_QUEUE);
    const calls = [1, 2, 3].map((id) => client.get(`/users/${id}`));
    await settle();
    expect(await failureOf(client.get('/users/4'))).toMatchObject({ code: 'WEFT_OVERLOADED' });
    for (let n = 1; n <= 3; n++) {
      expect(transport.sent.map(({ path }) => path)).toEqual(['/users/1', '/users/2', '/users/3'].slice(0, n));
      answerNext();
      await settle();
    }
    expect((await Promise.all(calls)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  });

  it.each<[string, Script]>([
    ['an answer', () => json({})],
    ['an answer of 5xx', () => json({}, 500)],
    ['an error', reset],
    ['a timeout', () => 'hang'],
  ])('gets a place back after %s', async (_, script) => {
    const { client, finish } = await open(script, ONE, { timeout: 100, outlier: false, circuitBreaker: false });
    for (let n = 0; n < 3; n++) {
      const failure = await finish(failureOf(client.post('/users', {})));
      expect((failure as WeftError | undefined)?.code).not.toBe('WEFT_OVERLOADED');
    }
  });

  it('gets a place back from a call that is given up, on the wire or while it waits', async () => {
    const { client, transport } = await open(() => 'hang', ONE_AND_QUEUE);
    const first = client.callAsync('GET', '/users/1');
    const waiting = client.callAsync('GET', '/users/2');
    const last = client.callAsync('GET', '/users/3');
    await settle();
    waiting.cancel();
    expect(await failureOf(waiting)).toMatchObject({ code: 'WEFT_CANCELLED', ambiguous: false });
    first.cancel();
    expect(await failureOf(first)).toMatchObject({ code: 'WEFT_CANCELLED' });
    await settle();
    expect(transport.sent.map(({ path }) => path)).toEqual(['/users/1', '/users/3']);
    last.cancel();
    expect(await failureOf(last)).toMatchObject({ code: 'WEFT_CANCELLED' });
  });

  it('lets nobody wait who has been given up before', async () => {
    const { client } = await open(() => 'hang', ONE_AND_QUEUE);
    void failureOf(client.get('/users/1'));
    await settle();
    const failure = await failureOf(client.get('/users/2', { signal: AbortSignal.abort() }));
    expect(failure).toMatchObject({ code: 'WEFT_CANCELLED', ambiguous: false });
  });

  it('lets nobody wait longer than their call has time', async () => {
    const { client, clock, transport, finish } = await open(() => 'hang', ONE_AND_QUEUE);
    void failureOf(client.get('/users/1', { timeout: '10s' }));
    const startedAt = clock.now();
    const failure = await finish(failureOf(client.get('/users/2', { timeout: 300 })), 10);
    expect(failure).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', ambiguous: false, attempts: [] });
    expect(clock.now() - startedAt).toBe(300);
    expect(transport.sent.filter(({ path }) => path.startsWith('/users'))).toHaveLength(1);
  });

  it('keeps the place of a streamed answer until that is read to its end, or left', async () => {
    async function* pieces() {
      yield Buffer.from('a');
      yield Buffer.from('b');
    }
    const { client } = await open(() => ({ body: pieces() }), ONE);
    const isFull = async () => (await failureOf(client.get('/users/1'))) !== undefined;
    const read = await client.get('/export', { stream: true });
    for await (const _ of read.body) expect(await isFull()).toBe(true);
    expect(await isFull()).toBe(false);
    const left = await client.get('/export', { stream: true });
    for await (const _ of left.body) break;
    expect(await isFull()).toBe(false);
  });

  it('does not give the place of a call to its fallback', async () => {
    const fallback = async () => (await failureOf(client.get('/users/2'))) ?? 'free';
    const policies: Policies = { users: { bulkhead: { maxConcurrent: 1 } }, 'users GET /users/1': { fallback } };
    const { client } = await open(({ path }) => (path === '/users/1' ? reset() : json({})), policies);
    expect((await client.get('/users/1')).data).toBe('free');
  });

  it('keeps its places when policies change, and takes its new size at once', async () => {
    const { script, answerNext } = heldCalls();
    const { client, transport } = await open(script, ONE_AND_QUEUE);
    const calls = [1, 2, 3].map((id) => client.get(`/users/${id}`));
    await settle();
    client.setPolicies({ users: { bulkhead: { maxConcurrent: 1, maxQueue: 0 }, timeout: '9s' } });
    expect(await failureOf(client.get('/users/4'))).toMatchObject({ code: 'WEFT_OVERLOADED' });
    client.setPolicies({ users: { bulkhead: { maxConcurrent: 3 } } });
    await settle();
    expect(transport.sent).toHaveLength(3);
    for (const _ of calls) answerNext();
    await Promise.all(calls);
  });
});
