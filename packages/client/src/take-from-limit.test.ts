import { seededRandom, settle } from '@weft/conformance';
import { afterEach, describe, expect, it } from 'vitest';
import { clientScene, failureOf, json } from '../test/client-scene.js';
import type { Policies } from './policy.js';

let close = async () => {};
afterEach(() => close());

async function open(policies: Policies, options: Parameters<typeof clientScene>[1] = {}) {
  const scene = await clientScene(() => json({}), { policies, ...options });
  close = scene.drain;
  return scene;
}

/** Most events in any window of `windowMs`, that begins with one of them. */
function mostWithin(windowMs: number, atMs: readonly number[]): number {
  return Math.max(...atMs.map((from) => atMs.filter((at) => at >= from && at < from + windowMs).length));
}

describe('a rate limit of a policy', () => {
  it.each([1, 2, 3])('R65 lets never more through than rate x window + burst, in any window, seed %i', async (seed) => {
    const { client, clock, transport } = await open({ users: { rateLimit: { perSecond: 10, burst: 5 } } });
    const sentAt: number[] = [];
    const random = seededRandom(seed);
    for (let n = 0; n < 600; n++) {
      const before = transport.sent.length;
      await failureOf(client.get('/users/7'));
      if (transport.sent.length > before) sentAt.push(clock.now());
      await clock.advance(random() < 0.02 ? 700 : random() * 20);
    }
    for (const windowMs of [1, 50, 100, 500, 1_000, 5_000]) {
      const most = (10 * windowMs) / 1_000 + 5;
      expect(mostWithin(windowMs, sentAt), `seed ${seed}, ${windowMs} ms`).toBeLessThanOrEqual(Math.floor(most));
    }
    expect(mostWithin(5_000, sentAt), `seed ${seed}: and what it allows does go through`).toBeGreaterThan(40);
  });

  it.each([1, 2])('R65 of so many in a window lets no more through in any window, seed %i', async (seed) => {
    const { client, clock, transport } = await open({ users: { rateLimit: { limit: 7, window: '1s' } } });
    const sentAt: number[] = [];
    const random = seededRandom(seed);
    for (let n = 0; n < 300; n++) {
      const before = transport.sent.length;
      await failureOf(client.get('/users/7'));
      if (transport.sent.length > before) sentAt.push(clock.now());
      await clock.advance(random() * 60);
    }
    expect(mostWithin(1_000, sentAt), `seed ${seed}`).toBe(7);
  });

  it('fails over it with WEFT_RATE_LIMITED, saying when to come again, and nothing is sent', async () => {
    const { client, clock, transport } = await open({ users: { rateLimit: { perSecond: 2, burst: 1 } } });
    await client.get('/users/7');
    const failure = await failureOf(client.post('/users', {}));
    expect(failure).toMatchObject({ code: 'WEFT_RATE_LIMITED', retryable: true, ambiguous: false, attempts: [] });
    expect(failure).toMatchObject({ message: expect.stringContaining('POST users/users: the rate limit of "users" is used up') });
    expect(failure).toMatchObject({ message: expect.stringContaining('500 ms') });
    expect(transport.sent).toHaveLength(1);
    await clock.advance(500);
    expect((await client.get('/users/7')).statusCode).toBe(200);
  });

  it('counts calls, not tries', async () => {
    const { client, transport, finish } = await open({ users: { rateLimit: { perSecond: 1, burst: 2 } } });
    transport.script = () => json({}, 503);
    await finish(client.get('/users/7'), 1);
    expect(transport.sent).toHaveLength(4);
    expect((await finish(client.get('/users/7'), 1)).statusCode).toBe(503);
  });

  it('of a route counts that route, of every service each service for itself', async () => {
    const policies = { 'users GET /users/:id': { rateLimit: { perSecond: 1 } }, '* POST /*': { rateLimit: { perSecond: 1 } } };
    const { client, driver, clock } = await open(policies);
    const [users] = await driver.list('users', { signal: new AbortController().signal });
    if (users) driver.set([users, { ...users, id: 'orders-1', name: 'orders' }]);
    await client.get('/users/1');
    expect(await failureOf(client.get('/users/2'))).toMatchObject({ code: 'WEFT_RATE_LIMITED' });
    expect((await client.get('/users')).statusCode).toBe(200);
    await client.post('/users', {});
    const orders = client.service('orders').post('/orders', {});
    await clock.advance(0);
    expect((await orders).statusCode).toBe(200);
    expect(await failureOf(client.post('/users', {}))).toMatchObject({ code: 'WEFT_RATE_LIMITED' });
  });

  it('goes on counting when policies change, by the new numbers', async () => {
    const { client } = await open({ users: { rateLimit: { limit: 2, window: '1m' } } });
    await client.get('/users/1');
    client.setPolicies({ users: { rateLimit: { limit: 2, window: '1m' }, timeout: '1s' } });
    await client.get('/users/2');
    expect(await failureOf(client.get('/users/3'))).toMatchObject({ code: 'WEFT_RATE_LIMITED' });
    client.setPolicies({ users: { rateLimit: { limit: 3, window: '1m' } } });
    await client.get('/users/3');
    client.setPolicies({});
    for (let n = 0; n < 5; n++) expect((await client.get('/users/4')).statusCode).toBe(200);
  });

  it('takes nothing for a call that was given up before it began', async () => {
    const { client } = await open({ users: { rateLimit: { limit: 1, window: '1m' } } });
    expect(await failureOf(client.get('/users/7', { signal: AbortSignal.abort() }))).toMatchObject({ code: 'WEFT_CANCELLED' });
    await settle();
    expect((await client.get('/users/7')).statusCode).toBe(200);
  });
});
