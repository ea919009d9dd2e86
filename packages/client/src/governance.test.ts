import { createLoadBalancer } from '@weft/balancer';
import { CircuitBreaker } from '@weft/breaker';
import { instanceRecord, settle } from '@weft/conformance';
import { afterEach, describe, expect, it } from 'vitest';
import { clientScene, failureOf, json, sentHeader } from '../test/client-scene.js';
import type { Policies } from './policy.js';

type Scene = Awaited<ReturnType<typeof clientScene>>;

const three = ['users-1', 'users-2', 'users-3'];
let close = async () => {};
afterEach(() => close());

async function open(...args: Parameters<typeof clientScene>): Promise<Scene> {
  const scene = await clientScene(...args);
  close = scene.drain;
  return scene;
}

const whoAnswered = ({ transport }: Scene) => transport.sent.map(({ instance }) => instance.id);

describe('setPolicies', () => {
  it('governs the next call, and leaves those under way as they were', async () => {
    const scene = await open(() => 'hang', { timeout: '2s', attemptTimeout: false, policies: { users: { timeout: '1s' } } });
    const underWay = failureOf(scene.client.post('/users', {}));
    await settle();
    scene.client.setPolicies({ users: { timeout: '5s' } });
    const next = failureOf(scene.client.post('/users', {}));
    const startedAt = scene.clock.now();
    await scene.finish(underWay);
    expect(scene.clock.now() - startedAt).toBeLessThan(1_050);
    await scene.finish(next);
    expect(scene.clock.now() - startedAt).toBeGreaterThanOrEqual(5_000);
    expect(scene.transport.sent.slice(0, 2).map((sent) => sentHeader(sent, 'x-request-timeout-ms'))).toEqual(['1000', '5000']);
  });

  it('replaces all policies that were there', async () => {
    const { client, transport, finish } = await open(() => json({}, 503), { policies: { users: { retries: 1 } } });
    client.setPolicies({ orders: { retries: 0 } });
    await finish(client.get('/users/7'));
    expect(transport.sent).toHaveLength(4);
  });

  it('refuses all of them when one is wrong: nothing is changed then', async () => {
    const { client, transport, finish } = await open(() => json({}, 503), { policies: { users: { retries: 1 } } });
    const balancer = client.getLoadBalancer();
    const wrong = { users: { retries: 0, loadBalancer: 'random' }, '* GET /x': { timeout: 0, hedge: 5 } } as unknown as Policies;
    const refusal = await failureOf((async () => client.setPolicies(wrong))());
    expect(refusal).toMatchObject({
      code: 'WEFT_CONFIG_INVALID',
      problems: [{ path: 'policies["* GET /x"].timeout' }, { path: 'policies["* GET /x"].hedge' }],
    });
    expect(client.getLoadBalancer()).toBe(balancer);
    await finish(client.get('/users/7'));
    expect(transport.sent).toHaveLength(2);
  });

  it('keeps an open breaker open when its options are the same, and makes another one when they are not', async () => {
    const { client } = await open(() => json({}), { policies: { users: { circuitBreaker: { threshold: 3 } } } });
    client.getCircuitBreaker()?.open();
    client.setPolicies({ users: { circuitBreaker: { threshold: 3 }, timeout: '1s' }, orders: { retries: 0 } });
    expect(await failureOf(client.get('/users/7'))).toMatchObject({ code: 'WEFT_BREAKER_OPEN' });
    client.setPolicies({ users: { circuitBreaker: { threshold: 4 } } });
    expect((await client.get('/users/7')).statusCode).toBe(200);
    client.setPolicies({ users: { circuitBreaker: false } });
    expect(client.getCircuitBreaker()).toBeUndefined();
  });

  it('tells of the breaker that a policy has made', async () => {
    const { client } = await open(() => json({}, 500), { retries: 0 });
    const states: string[] = [];
    client.on('breaker.state', ({ service, state }) => states.push(`${service} ${state}`));
    client.setPolicies({ users: { circuitBreaker: { threshold: 2 } } });
    for (let n = 0; n < 3; n++) await failureOf(client.post('/users', {}));
    expect(states).toEqual(['users open']);
  });

  it('goes on with the turn of round robin while the strategy stays the same', async () => {
    const scene = await open(() => json({}), {}, three);
    await scene.client.get('/users/1');
    scene.client.setPolicies({ users: { retries: 1, loadBalancer: 'round_robin' } });
    await scene.client.get('/users/2');
    scene.client.setPolicies({});
    await scene.client.get('/users/3');
    expect(new Set(whoAnswered(scene)).size).toBe(3);
  });

  it('splits by version from the next call on, and back again', async () => {
    const instances = [instanceRecord('users-1'), instanceRecord('users-2', { version: '2.1.0' })];
    const scene = await open(() => json({}), {}, instances);
    const callsOfTwo = async (calls: number) => {
      const before = scene.transport.sent.length;
      for (let n = 0; n < calls; n++) await scene.client.get('/users/7');
      return whoAnswered(scene)
        .slice(before)
        .filter((id) => id === 'users-2').length;
    };
    scene.client.setPolicies({ users: { loadBalancer: { strategy: 'round_robin', options: { split: { 1: 9, 2: 1 } } } } });
    expect(await callsOfTwo(40)).toBe(4);
    scene.client.setPolicies({});
    expect(await callsOfTwo(40)).toBe(20);
  });

  it('sees that options have changed inside the very object that it was given', async () => {
    const scene = await open(() => json({}), {}, three);
    const weights = { 'users-1': 1, 'users-2': 0, 'users-3': 0 };
    const policies = { users: { loadBalancer: { strategy: 'weighted', options: { weights } } } };
    scene.client.setPolicies(policies);
    await scene.client.get('/users/7');
    Object.assign(weights, { 'users-1': 0, 'users-2': 1 });
    scene.client.setTimeout('1s');
    await scene.client.get('/users/7');
    expect(whoAnswered(scene)).toEqual(['users-1', 'users-1']);
    scene.client.setPolicies(policies);
    await scene.client.get('/users/7');
    expect(whoAnswered(scene).at(-1)).toBe('users-2');
  });

  it('takes a balancer and a breaker as they are, and keeps them', async () => {
    const balancer = createLoadBalancer('random');
    const breaker = new CircuitBreaker();
    const { client } = await open(() => json({}));
    for (const timeout of ['1s', '2s']) {
      client.setPolicies({ users: { loadBalancer: balancer, circuitBreaker: breaker, timeout } });
      expect(client.getLoadBalancer()).toBe(balancer);
      expect(client.getCircuitBreaker()).toBe(breaker);
    }
  });

  it('keeps the retries that a budget has left', async () => {
    const policies = (retries: number) => ({ users: { retries, retryBudget: { ratio: 0, minPerSecond: 0.1 } } });
    const scene = await open(() => json({}, 503), { policies: policies(1) });
    expect((await scene.finish(scene.client.get('/users/7'))).attempts).toHaveLength(2);
    scene.client.setPolicies(policies(2));
    expect(await scene.finish(scene.client.get('/users/7'))).toMatchObject({ retriesSuppressed: 'budget' });
  });

  it('wins over the balancer and the breaker of the client, for the services that it names', async () => {
    const { client } = await open(() => json({}), { policies: { users: { loadBalancer: 'random', circuitBreaker: false } } });
    client.setLoadBalancer('least_connections');
    client.setCircuitBreaker(true);
    expect([client.getLoadBalancer().strategy, client.getCircuitBreaker()]).toEqual(['random', undefined]);
    expect(client.getLoadBalancer('orders').strategy).toBe('least_connections');
    client.setPolicies({});
    expect(client.getLoadBalancer().strategy).toBe('least_connections');
    expect(client.getCircuitBreaker()?.isClosed()).toBe(true);
  });

  it('says how many further instances a call may try', async () => {
    const scene = await open(() => json({}, 503), { retries: 3 }, three);
    scene.client.setPolicies({ users: { loadBalancer: { strategy: 'round_robin', options: { max_retries: 1 } } } });
    await scene.finish(scene.client.get('/users/7'));
    expect(scene.transport.sent).toHaveLength(4);
    expect(new Set(whoAnswered(scene)).size).toBe(2);
  });
});
