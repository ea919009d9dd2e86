import { settle, virtualClock } from '@weft/conformance';
import { type Logger, noopLogger, type RateLimitDecision, type RateLimitStore, WeftError } from '@weft/core';
import { memoryRateLimits } from '@weft/resilience';
import { afterEach, describe, expect, it } from 'vitest';
import { clientScene, failureOf, json } from '../test/client-scene.js';

const POLICIES = { users: { rateLimit: { limit: 2, window: '1m' } } };

let close = async () => {};
afterEach(() => close());

/** A store that is shared by processes, and fails or is silent when a test says so. */
function sharedStore() {
  const clock = virtualClock();
  const memory = memoryRateLimits({ clock });
  const keys: string[] = [];
  let state: 'well' | 'failing' | 'silent' = 'well';
  const store: RateLimitStore = {
    take(key, rule, options): Promise<RateLimitDecision> {
      keys.push(key);
      if (state === 'silent') return new Promise(() => {});
      if (state === 'failing') return Promise.reject(new WeftError('WEFT_UNAVAILABLE', 'no connection'));
      return memory.take(key, rule, options);
    },
    close: async () => {},
  };
  return { clock, store, keys, set: (now: typeof state) => (state = now) };
}

async function open(rateLimits: RateLimitStore, clock: ReturnType<typeof virtualClock>) {
  const told: string[] = [];
  const logger: Logger = { ...noopLogger, warn: (message) => told.push(message), info: (message) => told.push(message) };
  const scene = await clientScene(() => json({}), { policies: POLICIES, rateLimits, clock, logger });
  close = scene.drain;
  return { ...scene, told };
}

describe('a shared store of rate limits', () => {
  it('counts the calls of all clients together', async () => {
    const { clock, store, keys } = sharedStore();
    const one = await open(store, clock);
    const other = await open(store, clock);
    await one.client.get('/users/1');
    await other.client.get('/users/2');
    expect(await failureOf(one.client.get('/users/3'))).toMatchObject({ code: 'WEFT_RATE_LIMITED' });
    expect(await failureOf(other.client.get('/users/3'))).toMatchObject({ code: 'WEFT_RATE_LIMITED' });
    expect(new Set(keys)).toEqual(new Set(['users']));
    await one.drain();
  });

  it('that fails leaves the counting to the process, is told of once, and is asked again a second later', async () => {
    const { clock, store, keys, set } = sharedStore();
    const { client, told } = await open(store, clock);
    set('failing');
    const codes = [];
    for (let n = 0; n < 4; n++) codes.push(await failureOf(client.get('/users/7')));
    expect(codes.slice(0, 2)).toEqual([undefined, undefined]);
    expect(codes.slice(2)).toMatchObject([{ code: 'WEFT_RATE_LIMITED' }, { code: 'WEFT_RATE_LIMITED' }]);
    expect(keys).toHaveLength(1);
    await clock.advance(1_000);
    await failureOf(client.get('/users/7'));
    expect(keys).toHaveLength(2);
    expect(told).toEqual(['rate limits are counted in this process: their store fails']);
    set('well');
    await clock.advance(1_000);
    expect((await client.get('/users/7')).statusCode).toBe(200);
    expect(told.slice(1)).toEqual(['rate limits are counted in their store again']);
  });

  it('that is silent is waited for 250 ms, and for all others not at all', async () => {
    const { clock, store, set } = sharedStore();
    const { client, told, finish } = await open(store, clock);
    set('silent');
    const startedAt = clock.now();
    await finish(client.get('/users/7'), 1);
    expect(clock.now() - startedAt).toBe(250);
    expect((await client.get('/users/7')).statusCode).toBe(200);
    expect(told).toHaveLength(1);
  });

  it('holds a call no longer than its deadline, and lets go of it at once when it is given up', async () => {
    const { clock, store, set } = sharedStore();
    const { client, transport, finish } = await open(store, clock);
    set('silent');
    const startedAt = clock.now();
    const late = await finish(failureOf(client.get('/users/7', { timeout: 100 })), 1);
    expect(late).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', ambiguous: false, attempts: [] });
    expect(clock.now() - startedAt).toBeLessThanOrEqual(110);
    const pending = client.callAsync('GET', '/users/7');
    await settle();
    pending.cancel();
    expect(await failureOf(pending)).toMatchObject({ code: 'WEFT_CANCELLED', ambiguous: false });
    expect(transport.sent).toHaveLength(0);
  });

  it('in the process decides at once', async () => {
    const clock = virtualClock();
    const memory = memoryRateLimits({ clock });
    const { client } = await open(memory, clock);
    memory.tryTake('users', { algorithm: 'sliding_window', limit: 2, windowMs: 60_000 }, 2);
    expect(await failureOf(client.get('/users/7'))).toMatchObject({ code: 'WEFT_RATE_LIMITED' });
  });
});
