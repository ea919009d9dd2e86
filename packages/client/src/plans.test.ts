import { afterEach, describe, expect, it } from 'vitest';
import { clientScene, json, sentHeader } from '../test/client-scene.js';
import type { CallOptions } from './call-options.js';
import type { ClientOptions } from './options.js';
import type { Policies } from './policy.js';

let close = async () => {};
afterEach(() => close());

/** The time that a try of a call is given, in ms. */
async function timeGiven(policies: Policies, call: readonly [method: string, path: string, options?: CallOptions]) {
  const scene = await clientScene(() => json({}), { policies, timeout: '9s', attemptTimeout: false });
  close = scene.drain;
  const [method, path, options] = call;
  await scene.client.call(method, path, null, options);
  const [sent] = scene.transport.sent;
  return Number(sent && sentHeader(sent, 'x-request-timeout-ms'));
}

describe('policies', () => {
  const all = { '*': { timeout: 400 }, users: { timeout: 300 }, 'users GET /users/:id': { timeout: 200 } };

  it('are looked at in the order: options of the call, route, service, every service, client', async () => {
    const call = ['GET', '/users/7', { timeout: 100 }] as const;
    expect(await timeGiven(all, call)).toBe(100);
    expect(await timeGiven(all, ['GET', '/users/7'])).toBe(200);
    expect(await timeGiven(all, ['GET', '/users'])).toBe(300);
    expect(await timeGiven({ '*': { timeout: 400 }, orders: { timeout: 300 } }, ['GET', '/users'])).toBe(400);
    expect(await timeGiven({ orders: { timeout: 300 } }, ['GET', '/users'])).toBe(9_000);
  });

  it('leave what they do not say, or say nothing of, to the next wider one', async () => {
    const policies = { '*': { timeout: 400 }, users: {}, 'users GET /users/:id': { retries: 1, timeout: undefined } };
    expect(await timeGiven(policies as unknown as Policies, ['GET', '/users/7'])).toBe(400);
  });

  it.each<[string, string, string, number]>([
    ['a part of any name', 'GET', '/users/7', 10],
    ['a part of any name, with a query', 'GET', '/users/7?full=1', 10],
    ['a literal part before one of any name', 'GET', '/users/me', 20],
    ['its own method before any method', 'POST', '/users/me', 30],
    ['any method when there is none of its own', 'PATCH', '/users/me', 40],
    ['all that follows', 'GET', '/files/a/b', 50],
    ['the narrower one of two', 'GET', '/files/public/b', 60],
    ['no route: the service', 'GET', '/users/7/orders', 90],
    ['a method in another case', 'get', '/users/7', 10],
  ])('match %s', async (_, method, path, expected) => {
    const policies = {
      users: { timeout: 90 },
      'users * /users/me': { timeout: 40 },
      'users get /users/:id': { timeout: 10 },
      'users GET /users/me': { timeout: 20 },
      'users POST /users/me': { timeout: 30 },
      'users GET /files/*': { timeout: 50 },
      'users GET /files/public/*': { timeout: 60 },
    };
    expect(await timeGiven(policies, [method, path])).toBe(expected);
  });

  it('of a service come before those of every service, for a route too', async () => {
    const policies = { '* GET /health': { timeout: 10 }, 'users GET /:any': { timeout: 20 }, users: { timeout: 30 } };
    expect(await timeGiven(policies, ['GET', '/health'])).toBe(20);
    expect(await timeGiven({ '* GET /health': { timeout: 10 }, users: { timeout: 30 } }, ['GET', '/health'])).toBe(10);
  });

  it('govern retries, the status that is an error, and what may be repeated', async () => {
    const policies: Policies = {
      users: { retries: 1, retryDelay: 0 },
      'users POST /search': { idempotent: true, throwOnStatus: true },
    };
    const scene = await clientScene(() => json({}, 503), { policies });
    close = scene.drain;
    await scene.finish(scene.client.get('/users/7'));
    expect(scene.transport.sent).toHaveLength(2);
    await expect(scene.finish(scene.client.post('/search', {}))).rejects.toMatchObject({ code: 'WEFT_HTTP_STATUS' });
    expect(scene.transport.sent).toHaveLength(4);
  });

  it('that are wrong let no client come into being', async () => {
    const options: Partial<ClientOptions> = { policies: { users: { timeout: 0 } } };
    await expect(clientScene(() => json({}), options as object)).rejects.toMatchObject({
      code: 'WEFT_CONFIG_INVALID',
      problems: [{ path: 'policies["users"].timeout' }],
    });
  });
});
