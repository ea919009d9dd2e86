import { RequestCache } from '@weft/cache';
import { instanceRecord, type Script, settle, virtualClock } from '@weft/conformance';
import { memoryMetrics, type ServiceInstance, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { clientScene, failureOf, json } from '../test/client-scene.js';

import type { CallRule } from './call-scene.js';
import type { Client } from './client.js';

const two = ['users-1', 'users-2'].map((id) => instanceRecord(id));
const reset = () => new WeftError('WEFT_UNAVAILABLE', 'connection reset', { failure: 'reset', ambiguous: true });
const garbage = () => new WeftError('WEFT_PROTOCOL_ERROR', 'garbage', { failure: 'protocol' });

let close = async () => {};
afterEach(() => close());

async function open(
  script: Script,
  options: Parameters<typeof clientScene>[1] = {},
  instances: readonly ServiceInstance[] = two,
) {
  const scene = await clientScene(script, { retryDelay: 0, ...options }, instances);
  close = scene.drain;
  return scene;
}

/** What a call ended with: its answer or its error. */
const endOf = (call: Promise<unknown>) => call.catch((error: unknown) => error);

interface Case {
  readonly script: Script;
  readonly options?: Parameters<typeof clientScene>[1];
  readonly instances?: readonly ServiceInstance[];
  readonly call?: (client: Client) => Promise<unknown>;
}

const get = (client: Client) => client.get('/users/7');
const post = (client: Client) => client.post('/users', {});

const OF_ERRORS: readonly [CallRule, Case][] = [
  [
    'rate-limit',
    { script: () => json({}), options: { policies: { users: { rateLimit: { limit: 1, window: '1m' } } } }, call: twice },
  ],
  ['bulkhead', { script: () => 'hang', options: { policies: { users: { bulkhead: { maxConcurrent: 1 } } } }, call: twice }],
  ['breaker', { script: () => json({}), call: behindOpenBreaker }],
  ['no-instance', { script: () => json({}), instances: [instanceRecord('users-1', { status: 'draining' })] }],
  ['cancelled', { script: () => 'hang', call: givenUp }],
  ['time', { script: () => 'hang', call: (client) => client.get('/users/7', { timeout: 100 }) }],
  ['final', { script: garbage }],
  ['not-idempotent', { script: reset, call: post }],
  ['attempts', { script: reset, options: { circuitBreaker: false, retries: 1 } }],
  ['budget', { script: reset, options: { circuitBreaker: false, retryBudget: { ratio: 0, minPerSecond: 0 } } }],
];

const OF_RESPONSES: readonly [CallRule, Case][] = [
  ['answered', { script: () => json({}) }],
  ['fallback', { script: () => json({}, 500), options: { policies: { users: { fallback: { value: 1 } } } } }],
  ['answered', { script: () => json({}, 404) }],
  ['final', { script: () => json({}, 429), instances: two.slice(0, 1) }],
  ['attempts', { script: () => json({}, 503), options: { circuitBreaker: false, retries: 1 } }],
  ['nobody-else', { script: () => json({}, 500), instances: two.slice(0, 1) }],
  ['pause', { script: () => ({ status: 503, headers: { 'retry-after': '60' } }) }],
  ['server', { script: () => ({ status: 503, headers: { 'x-request-retry': 'no' } }) }],
  ['budget', { script: () => json({}, 503), options: { retryBudget: { ratio: 0, minPerSecond: 0 } } }],
  ['body', { script: () => json({}, 503), call: (client) => client.put('/import', pieces()) }],
];

async function* pieces() {
  yield Buffer.from('a');
}

async function twice(client: Client): Promise<unknown> {
  void failureOf(get(client));
  await settle();
  return get(client);
}

async function behindOpenBreaker(client: Client): Promise<unknown> {
  client.getCircuitBreaker()?.open();
  return get(client);
}

async function givenUp(client: Client): Promise<unknown> {
  const pending = client.callAsync('GET', '/users/7');
  await settle();
  pending.cancel();
  return pending;
}

async function closedBefore(client: Client): Promise<unknown> {
  await client.close();
  return get(client);
}

/** A middleware holds it until the client is closed for good, and asks for a service that was never called. */
async function closedInMiddleware(client: Client): Promise<unknown> {
  client.use((next) => async (request) => {
    await client.close();
    return next({ ...request, service: 'orders' });
  });
  return get(client);
}

async function explained({ script, options, instances, call = get }: Case) {
  const { client, finish } = await open(script, options, instances);
  const ended = await finish(endOf(call(client)));
  return { ended, explanation: client.explain(ended) };
}

describe('explain', () => {
  it.each(OF_ERRORS)('says of a call that failed which rule decided: %s', async (rule, scene) => {
    const { ended, explanation } = await explained(scene);
    expect(ended).toBeInstanceOf(WeftError);
    expect(explanation).toMatchObject({ rule, code: (ended as WeftError).code, durationMs: expect.any(Number) });
    expect(explanation.because).toMatch(/^\w/);
    expect(explanation.attempts).toEqual((ended as WeftError).attempts);
    expect(explanation.status).toBeUndefined();
  });

  it('says of instances that the balancer leaves out that it does', async () => {
    const filter = { strategy: 'round_robin', options: { filter: { version: '9' } } };
    const { ended, explanation } = await explained({ script: () => json({}), options: { loadBalancer: filter } });
    expect(ended).toMatchObject({
      code: 'WEFT_NO_INSTANCE',
      message: expect.stringContaining('round_robin picks none of the 2 instances of users: its options leave nobody'),
    });
    const leftOut = expect.stringContaining('the balancer picks it for no call');
    expect(explanation.candidates).toMatchObject([
      { instance: 'users-1', tries: 0, skipped: leftOut },
      { instance: 'users-2', tries: 0, skipped: leftOut },
    ]);
  });

  it.each(OF_RESPONSES)('says of a call that was answered which rule decided: %s', async (rule, scene) => {
    const { ended, explanation } = await explained(scene);
    expect(explanation).toMatchObject({ rule, status: (ended as { statusCode: number }).statusCode });
    expect(explanation.attempts).toEqual((ended as { attempts: unknown }).attempts);
    expect(explanation.code).toBeUndefined();
  });

  it.each([
    ['invalid', 'WEFT_INVALID_ARGUMENT', (client: Client) => client.get('//elsewhere.example/x')],
    ['invalid', 'WEFT_INVALID_ARGUMENT', (client: Client) => client.call('G T', '/users/7')],
    ['invalid', 'WEFT_INVALID_ARGUMENT', (client: Client) => client.post('/users', 1n)],
    ['invalid', 'WEFT_CONFIG_INVALID', (client: Client) => client.get('/users/7', { timeout: 'soon' as never })],
    ['closed', 'WEFT_CLOSED', closedBefore],
    ['closed', 'WEFT_CLOSED', closedInMiddleware],
  ] as const)('says of what never became a call that nothing was sent: %s %s', async (rule, code, call) => {
    for (const metrics of [undefined, memoryMetrics()]) {
      const { client, transport, finish } = await open(() => json({}), metrics && { metrics });
      const failure = await finish(failureOf(call(client)));
      expect(failure).toMatchObject({ code });
      const explanation = client.explain(failure);
      expect(explanation).toMatchObject({ rule, code, policies: [], candidates: [], attempts: [], timeoutMs: 0, durationMs: 0 });
      expect(explanation.because).toMatch(/; nothing was sent$/);
      expect(transport.sent).toEqual([]);
      await close();
    }
  });

  it('names a call that never became one, and neither its query nor an address that may hold a password', async () => {
    const { client } = await open(() => json({}));
    const named = async (call: Promise<unknown>) => client.explain(await failureOf(call)).call;
    expect(await named(client.call('G T', '/users/7?token=sesame'))).toBe('G T users/users/7');
    expect(await named(client.get('http://me:sesame@elsewhere/'))).toBe('GET users [redacted]');
    expect(await named(client.get('//me:sesame@elsewhere/'))).toBe('GET users [redacted]');
    const many = await clientScene(() => json({}), { serviceName: '' });
    expect(many.client.explain(await failureOf(many.client.get('/users/7')))).toMatchObject({ call: 'GET /users/7' });
    await many.drain();
  });

  it('says of a call that its fallback answered what had failed, and which rule had decided', async () => {
    const policies = { users: { fallback: { value: 1 } } } as const;
    const options = { policies, circuitBreaker: false, retries: 1 } as const;
    const failed = await explained({ script: reset, options });
    expect(failed.explanation).toMatchObject({
      rule: 'fallback',
      status: 200,
      attempts: { length: 2 },
      failed: {
        rule: 'attempts',
        because: 'all tries that it was allowed were used up',
        code: 'WEFT_UNAVAILABLE',
        message: 'GET users/users/7: connection reset (2 tries)',
      },
    });
    await close();
    const answered = await explained({ script: () => json({}, 500), options, instances: two.slice(0, 1) });
    expect(answered.explanation.failed).toMatchObject({ rule: 'nobody-else', code: 'WEFT_HTTP_STATUS' });
    await close();
    const refused = await explained({ script: () => json({}), options: { policies }, call: behindOpenBreaker });
    expect(refused.explanation).toMatchObject({ attempts: [], failed: { rule: 'breaker', code: 'WEFT_BREAKER_OPEN' } });
  });

  it('says so too when the call was made for the cache, with the tries that were made', async () => {
    const clock = virtualClock();
    const policies = { users: { cache: { ttl: '1m' }, fallback: { value: 1 } } } as const;
    const options = { policies, clock, cache: new RequestCache({ clock }), circuitBreaker: false, retries: 1 } as const;
    const { client, finish } = await open(reset, options);
    const all = await finish(Promise.all([client.get('/users/7'), client.get('/users/7')]));
    for (const response of all) {
      expect(client.explain(response)).toMatchObject({
        rule: 'fallback',
        attempts: { length: 2 },
        failed: { rule: 'attempts', code: 'WEFT_UNAVAILABLE' },
      });
    }
  });

  it('says nothing of a failure when the fallback had no answer', async () => {
    const policies = { users: { fallback: 'stale' } } as const;
    const { explanation } = await explained({ script: garbage, options: { policies } });
    expect(explanation).toMatchObject({ rule: 'final', code: 'WEFT_PROTOCOL_ERROR' });
    expect(explanation).not.toHaveProperty('failed');
  });

  it('says of an answer from the cache that nobody was asked', async () => {
    const clock = virtualClock();
    const policies = { users: { cache: { ttl: '1m' } } };
    const { client } = await open(() => json({}), { policies, clock, cache: new RequestCache({ clock }) });
    expect(client.explain(await client.get('/users/7'))).toMatchObject({ rule: 'answered', attempts: { length: 1 } });
    expect(client.explain(await client.get('/users/7'))).toMatchObject({ rule: 'cache', attempts: [] });
  });

  it('names the call, its policies, its time, the state of the breaker and the budget', async () => {
    const policies = { '*': { retries: 0 }, users: { timeout: '2s' }, 'users GET /users/:id': { throwOnStatus: true } } as const;
    const { ended, explanation } = await explained({ script: () => json({}, 500), options: { policies } });
    expect(ended).toMatchObject({ code: 'WEFT_HTTP_STATUS' });
    expect(explanation).toMatchObject({
      call: 'GET users/users/7',
      policies: ['users GET /users/:id', 'users', '*'],
      timeoutMs: 2_000,
      breaker: 'closed',
      budgetLeft: 30,
    });
  });

  it('lists who could have been called, who was tried, and why the others were not', async () => {
    const instances = [
      ...two,
      instanceRecord('users-3', { version: '2.0.0', status: 'draining' }),
      instanceRecord('users-4', { endpoints: [{ protocol: 'grpc', port: 9_000 }] }),
    ];
    const script: Script = ({ instance, path }) => {
      if (path !== '/users/7') return 'hang';
      return instance.id === 'users-1' ? reset() : json({}, 503);
    };
    const { client, finish } = await open(script, { circuitBreaker: false, retries: 1 }, instances);
    const ended = await finish(endOf(client.get('/users/7', { throwOnStatus: true })));
    expect(client.explain(ended).candidates).toEqual([
      {
        instance: 'users-1',
        version: '1.0.0',
        address: '127.0.0.1:8000',
        tries: 1,
        skipped: expect.stringMatching(/^it is held to be unreachable after 1 failure in a row$/),
      },
      { instance: 'users-2', version: '1.0.0', address: '127.0.0.1:8000', tries: 1 },
      { instance: 'users-3', version: '2.0.0', address: '127.0.0.1:8000', tries: 0, skipped: 'its record says draining' },
      {
        instance: 'users-4',
        version: '1.0.0',
        address: '127.0.0.1:9000',
        tries: 0,
        skipped: 'no transport of this client speaks grpc',
      },
    ]);
  });

  it('tells of a failure how things stood when it happened', async () => {
    const { client, driver, clock } = await open(garbage);
    const failure = await failureOf(client.post('/users', {}));
    client.getCircuitBreaker()?.open();
    driver.set([]);
    await clock.advance(1_000);
    expect(client.explain(failure)).toMatchObject({ breaker: 'closed', candidates: { length: 2 }, durationMs: 0 });
  });

  it.each([new Error('x'), new WeftError('WEFT_UNAVAILABLE', 'x'), { statusCode: 200 }, undefined, 'x'])(
    'refuses what no client has made: %s',
    async (stranger) => {
      const { client } = await open(() => json({}));
      expect(() => client.explain(stranger)).toThrow(expect.objectContaining({ code: 'WEFT_INVALID_ARGUMENT' }));
    },
  );
});
