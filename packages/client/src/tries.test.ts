import type { Script } from '@weft/conformance';
import { afterEach, describe, expect, it } from 'vitest';
import { clientScene, failureOf, json } from '../test/client-scene.js';

const five = ['users-1', 'users-2', 'users-3', 'users-4', 'users-5'];
const tooMany = (retryAfter?: string) => ({
  status: 429,
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
});

let close = async () => {};
afterEach(() => close());

async function open(script: Script, options: Parameters<typeof clientScene>[1] = {}, ids: readonly string[] = five) {
  const scene = await clientScene(script, options, ids);
  close = scene.drain;
  const sentTo = (id: string) => scene.transport.sent.filter(({ instance }) => instance.id === id).length;
  return { ...scene, sentTo };
}

describe('an instance that answers 429', () => {
  it.each([undefined, '1'])('fails no GET while others have room (Retry-After: %s)', async (retryAfter) => {
    const { client, clock, finish } = await open(({ instance }) => (instance.id === 'users-1' ? tooMany(retryAfter) : json({})));
    for (let n = 0; n < 200; n++) {
      const startedAt = clock.now();
      expect((await finish(client.get('/users/7'), 1)).statusCode).toBe(200);
      expect(clock.now() - startedAt, 'at once').toBeLessThanOrEqual(1);
      await clock.advance(10);
    }
  });

  it('is left alone for as long as it asked for, and a second when it did not say', async () => {
    for (const [retryAfter, calls] of [
      ['3', 28],
      [undefined, 9],
    ] as const) {
      const script: Script = ({ instance }) => (instance.id === 'users-1' ? tooMany(retryAfter) : json({}));
      const { client, clock, finish, sentTo } = await open(script);
      for (let n = 0; n < 5; n++) await finish(client.get('/users/7'), 1);
      expect(sentTo('users-1')).toBe(1);
      for (let n = 0; n < calls; n++) {
        await clock.advance(100);
        await finish(client.get('/users/7'), 1);
      }
      expect(sentTo('users-1')).toBe(1);
      await clock.advance(300);
      for (let n = 0; n < 5; n++) await finish(client.get('/users/7'), 1);
      expect(sentTo('users-1')).toBe(2);
      await close();
    }
    close = async () => {};
  });

  it('is called like any other where the balancer is told not to mind', async () => {
    const loadBalancer = { strategy: 'round_robin', options: { pushback: false } } as const;
    const { client, sentTo } = await open(() => tooMany(), { loadBalancer, retries: 0 });
    for (let n = 0; n < 10; n++) await client.get('/users/7');
    expect(sentTo('users-1')).toBe(2);
  });

  it('is not held to be broken', async () => {
    const { client } = await open(() => tooMany(), { retries: 0 }, ['users-1']);
    const ejected: string[] = [];
    client.on('instance.ejected', ({ instance }) => ejected.push(instance));
    for (let n = 0; n < 20; n++) expect((await client.get('/users/7')).statusCode).toBe(429);
    expect(ejected).toEqual([]);
    expect(client.getCircuitBreaker()?.isClosed()).toBe(true);
  });

  it('gets no POST a second time, nor anybody else: it may not be repeated', async () => {
    const { client, transport } = await open(() => tooMany('1'));
    expect((await client.post('/users', {})).statusCode).toBe(429);
    expect(transport.sent).toHaveLength(1);
  });
});

describe('when all instances answer 429', () => {
  it('R53 each is asked once, then the pause that was asked for is waited', async () => {
    let tries = 0;
    const { client, clock, transport, finish } = await open(() => (++tries <= 2 ? tooMany('2') : json({})), {}, five.slice(0, 2));
    const startedAt = clock.now();
    expect((await finish(client.get('/users/7'), 10)).statusCode).toBe(200);
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(2_000);
    expect(clock.now() - startedAt).toBeLessThan(2_050);
    expect(new Set(transport.sent.slice(0, 2).map(({ instance }) => instance.id)).size).toBe(2);
  });

  it('R53 the answer is handed over now when the pause lasts past the deadline', async () => {
    const { client, clock, transport, finish } = await open(() => tooMany('2'), { timeout: '1s' }, five.slice(0, 2));
    const startedAt = clock.now();
    const response = await finish(client.get('/users/7'), 10);
    expect(response.statusCode).toBe(429);
    expect(client.explain(response).rule).toBe('pause');
    expect(clock.now() - startedAt).toBeLessThan(20);
    expect(transport.sent).toHaveLength(2);
  });

  it('and do not say for how long, the answer is handed over', async () => {
    const { client, transport, finish } = await open(() => tooMany(), {}, five.slice(0, 2));
    const failure = await finish(failureOf(client.get('/users/7', { throwOnStatus: true })));
    expect(failure).toMatchObject({ code: 'WEFT_HTTP_STATUS', attempts: { length: 2 } });
    expect(transport.sent).toHaveLength(2);
  });

  it.each(['soon', '-1', '1.5', ''])('a Retry-After of %j is as if it were not there', async (retryAfter) => {
    const { client, transport, finish } = await open(() => tooMany(retryAfter), {}, ['users-1']);
    expect((await finish(client.get('/users/7'))).statusCode).toBe(429);
    expect(transport.sent).toHaveLength(1);
  });
});
