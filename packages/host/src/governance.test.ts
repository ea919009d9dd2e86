import type { WeftError } from '@weft/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { driverSource, logOf, type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { createHost } from './create-host.js';
import type { Host } from './host.js';
import type { WeftConfig } from './weft-config.js';

let app: TemporaryApp;
const hosts: Host[] = [];
const packages = ['@weft/cache', '@weft/registry-memory', '@weft/transport-http', '@weft/transport-memory'] as const;

beforeEach(async () => {
  app = await temporaryApp({}, packages);
});
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
  await app.remove();
});

/** As data: what a file may say, and what types would not let pass. */
async function hostOf(config: object): Promise<Host> {
  const quiet = { registry: { driver: 'memory', address: app.folder }, logging: { level: 'silent' }, ...config };
  const host = await createHost(quiet as WeftConfig, {
    from: app.folder,
    folder: app.folder,
    signals: false,
    env: { TRIES: '1' },
  });
  hosts.push(host);
  return host;
}

async function problemsOf(config: object): Promise<Record<string, string>> {
  const error = await hostOf(config).then(
    () => ({ problems: [] }),
    (reason: { problems: { path: string; message: string }[] }) => reason,
  );
  return Object.fromEntries(error.problems.map(({ path, message }) => [path, message]));
}

/** A service that answers 503 and counts, in one process with its caller. */
async function started(config: object): Promise<Host & { readonly asked: string[] }> {
  const host = await hostOf({ service: { name: 'users' }, ...config });
  const asked: string[] = [];
  host.service?.addHandler('GET /busy', ({ json }) => json(asked.push('busy'), { status: 503 }));
  host.service?.addHandler('GET /users', () => asked.push('users'));
  host.service?.addHandler('POST /users', () => asked.push('post'));
  await host.start();
  return Object.assign(host, { asked });
}

describe('the policies block', () => {
  it('governs the calls of a host, by service and by route, in any spelling', async () => {
    const policies = {
      users: { throw_on_status: true, retries: 0 },
      'users GET /users': { fallback: { value: { user_name: 'nobody' } }, rate_limit: { limit: 1, window: '1m' } },
    };
    const host = await started({ policies });
    await expect(host.client('users').get('/busy')).rejects.toMatchObject({ code: 'WEFT_HTTP_STATUS' });
    expect((await host.client('users').get('/users')).degraded).toBe(false);
    const { degraded, data } = await host.client('users').get('/users');
    expect({ degraded, data }).toEqual({ degraded: true, data: { user_name: 'nobody' } });
  });

  it('takes functions in a config that is code', async () => {
    const host = await started({ policies: { users: { fallback: () => 'made', retries: 0 } } });
    expect((await host.client('users').get('/busy')).data).toBe('made');
  });

  it('may be a file beside the config, with placeholders', async () => {
    await app.write('policies.yaml', `users: { throw_on_status: true }\nusers GET /busy: { retries: "\${TRIES}" }\n`);
    const host = await started({ policies: './policies.yaml' });
    const error = await host
      .client('users')
      .get('/busy')
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'WEFT_HTTP_STATUS' });
  });

  it.each([
    ['./none.yaml', /cannot read .*none\.yaml/],
    ['./bad.yaml', /^\.\/bad\.yaml 1:\d+: /],
    ['./text.json', /expected an object of policies by service or route, found "text"/],
    ['./code.mjs', /ends in one of \.json \.yaml \.yml/],
  ])('refuses the file %s', async (file, message) => {
    await app.write('bad.yaml', 'users: { retries: [ }');
    await app.write('text.json', '"text"');
    await app.write('code.mjs', 'throw new Error("it was run")');
    expect(await problemsOf({ policies: file })).toEqual({ policies: expect.stringMatching(message) });
  });

  it('is refused with everything that is wrong with it, together with the rest of the config', async () => {
    const policies = {
      users: { retrys: 1, attemptTimeout: '2s', timeout: '1s', loadBalancer: 'rond_robin' },
      'users POST /users': { cache: true, circuitBreaker: false },
      'no route': {},
    };
    expect(await problemsOf({ client: { retrys: 1 }, policies })).toEqual({
      'client.retrys': 'unknown key. Did you mean "retries"?',
      'policies["users"].retrys': expect.stringContaining('Did you mean "retries"?'),
      'policies["users"].attemptTimeout': expect.stringContaining('one try cannot have 2000 ms'),
      'policies["users"].loadBalancer.strategy': expect.stringContaining('Did you mean "round_robin"?'),
      'policies["users POST /users"].cache': expect.stringContaining('never kept'),
      'policies["users POST /users"].circuitBreaker': expect.stringContaining('whole service'),
      'policies["no route"]': expect.stringContaining('"orders GET /orders/:id"'),
    });
  });

  it('needs the cache block for what it wants kept', async () => {
    const policies = { users: { cache: { ttl: '1s' }, fallback: ['stale', { value: 1 }] } };
    expect(await problemsOf({ policies })).toEqual({
      'policies["users"].cache': expect.stringContaining('needs a cache'),
      'policies["users"].fallback': expect.stringContaining('needs a cache'),
    });
    expect(await problemsOf({ policies, cache: true })).toEqual({});
    expect(await problemsOf({ policies, cache: { enabled: false } })).toEqual({});
  });
});

describe('the cache block', () => {
  it('keeps answers to GET for all services, unless a policy says otherwise', async () => {
    const host = await started({ cache: { ttl: '1m' }, policies: { 'users GET /busy': { cache: false, retries: 0 } } });
    for (let n = 0; n < 3; n++) await host.client('users').get('/users');
    for (let n = 0; n < 3; n++) await host.client('users').get('/busy');
    for (let n = 0; n < 2; n++) await host.client('users').post('/users');
    expect(host.asked).toEqual(['users', 'busy', 'busy', 'busy', 'post', 'post']);
    await host.client('users').get('/users');
    expect(host.asked.at(-1)).toBe('users');
  });

  it('names its package when that is not installed', async () => {
    await app.remove();
    app = await temporaryApp({}, ['@weft/registry-memory']);
    expect(await problemsOf({ cache: true })).toEqual({ cache: expect.stringContaining('Run: pnpm add @weft/cache') });
  });

  it('is refused for what it does not know', async () => {
    expect(await problemsOf({ cache: { tll: '1s', maxBytes: 0 } })).toEqual({
      'cache.tll': 'unknown key. Did you mean "ttl"?',
      'cache.maxBytes': 'expected a whole number from 1, found 0',
    });
  });
});

describe('the addresses that a registry may hand out', () => {
  it.each([
    [['10.0.0.0/99'], 'registry.allowedAddresses[0]', /no IP address, CIDR range or host name/],
    [['10.0.0.0/8', '*.local'], 'registry.allowedAddresses[1]', /no IP address, CIDR range or host name/],
    [[], 'registry.allowedAddresses', /^expected at least one address, range or host name/],
    [[''], 'registry.allowedAddresses[0]', /text that is not empty/],
  ])('are refused before anything is opened: %j (R85)', async (allowedAddresses, path, message) => {
    expect(await problemsOf({ registry: { driver: 'memory', allowedAddresses } })).toEqual({
      [path]: expect.stringMatching(message),
    });
  });
});

describe('the client block', () => {
  it('says what the block of the http transport does not say of pool and limits, word by word', async () => {
    const host = await hostOf({
      service: { name: 'users', drain: { propagation: 0 } },
      client: { pool: { connections: 1, checkoutTimeout: 0 }, retries: 0 },
      transport: { driver: 'http', pool: { idleTimeout: '1s' } },
    });
    const reached = new Promise<() => void>((tell) => {
      host.service?.addHandler('GET /', () => new Promise<void>((resolve) => tell(resolve)));
    });
    await host.start();
    const users = host.client('users');
    const first = users.get('/');
    const letGo = await reached;
    const second = await users.get('/').catch((error: WeftError) => error.code);
    letGo();
    expect([second, (await first).statusCode]).toEqual(['WEFT_OVERLOADED', 204]);
  });

  it('is refused before anything is opened for what would let its calls fail, with all that is wrong', async () => {
    const outlier = { baseTime: 0, maxRatio: 0, slow: { factor: 1 } };
    const client = {
      timeout: 0,
      attemptTimeout: '0s',
      retries: -1,
      outlier,
      pool: { idleTimeout: 0 },
      limits: { responseBytes: 0 },
    };
    expect(await problemsOf({ client })).toEqual({
      'client.timeout': expect.stringContaining('lets no call succeed'),
      'client.attemptTimeout': expect.stringContaining('lets no call succeed'),
      'client.retries': 'expected a whole number from 0, found -1',
      'client.outlier.baseTime': '0: expected a duration above 0, such as "30s"',
      'client.outlier.maxRatio': '0: expected a number above 0, up to 1',
      'client.outlier.slow.factor': '1: expected a number above 1',
      'client.pool.idleTimeout': expect.stringContaining('0 ms'),
      'client.limits.responseBytes': 'expected a whole number from 1, found 0',
    });
  });

  it('is refused for words on sockets and answers that no transport takes', async () => {
    const client = { pool: { connections: 5 }, limits: { responseBytes: 5 } };
    const why = expect.stringContaining('has no effect without the built-in HTTP transport');
    expect(await problemsOf({ transport: 'memory', client })).toEqual({ 'client.pool': why, 'client.limits': why });
    await started({ transport: [{ driver: 'memory' }, { driver: 'http' }], client });
  });
});

const store = (members: string) =>
  `return { value: { ${members}, close: async () => tell('closed') }, stop: () => tell('stops') };`;

describe('stores that processes share', () => {
  it('count the limits of the client and of the service where the rateLimit block says', async () => {
    const open = store(`take: async (key) => { tell(key); return { allowed: true, remaining: 1, retryAfterMs: 0 }; }`);
    await app.write('limits.mjs', driverSource({ slot: 'ratelimit', name: 'own', open }, app.folder));
    const rateLimit = { perSecond: 5, burst: 5 };
    const host = await started({
      service: { name: 'users', rateLimit },
      rateLimit: { from: './limits.mjs' },
      policies: { users: { rateLimit } },
    });
    await host.client('users').get('/users');
    expect(logOf(app.folder)).toEqual(['own opens', 'own users', 'own users:peer:127.0.0.1']);
  });

  it('remember the answers of the service where service.idempotency says', async () => {
    const open = store(`supports: { multiProcess: true }, complete: async () => true, renew: async () => true,
      claim: async (key) => { tell('claims'); return { state: 'claimed', token: 'a' }; }, release: async () => {}`);
    await app.write('answers.mjs', driverSource({ slot: 'idempotency', name: 'own', open }, app.folder));
    const host = await started({ service: { name: 'users', idempotency: { from: './answers.mjs', ttl: '1h', size: 3 } } });
    const { instance } = await host.client('users').post('/users', {}, { idempotencyKey: 'a' });
    expect(instance.metadata).toEqual({ 'weft-idempotency': 'shared' });
    expect(logOf(app.folder)).toContain('own claims');
  });

  it('are named by words, and are in the process unless they are', async () => {
    const rateLimit = { driver: 'redsi', address: 'a' };
    const service = { name: 'users', idempotency: { store: 'redis', address: 'a' } };
    expect(await problemsOf({ rateLimit, service })).toEqual({
      'rateLimit.driver': 'unknown driver "redsi". Known: memory, redis. Did you mean "redis"?',
      'service.idempotency.store': expect.stringContaining('Run: pnpm add @weft/idempotency-redis'),
    });
    expect(await problemsOf({ rateLimit: { adress: 'a' } })).toEqual({
      'rateLimit.adress': expect.stringContaining('unknown key'),
    });
    const host = await started({ rateLimit: 'memory', service: { name: 'users', idempotency: true } });
    const send = () => host.client('users').post('/users', {}, { idempotencyKey: 'a' });
    expect((await send()).data).toBe(1);
    expect((await send()).data).toBe(1);
  });
});

describe('what protects a service', () => {
  it('is taken in any spelling', async () => {
    const host = await started({
      service: {
        name: 'users',
        rate_limit: { per_second: 0.001, burst: 1, key: { header: 'x-user' } },
        overload: { heap_ratio: 0.99, retry_after: '2s' },
        concurrency: { min_limit: 5 },
      },
      policies: { users: { retries: 0 } },
    });
    const statusOf = async (user: string) =>
      (await host.client('users').get('/users', { headers: { 'x-user': user } })).statusCode;
    expect([await statusOf('a'), await statusOf('a'), await statusOf('b')]).toEqual([200, 429, 200]);
  });

  it('can be switched off word by word', async () => {
    const off = { overload: false, rateLimit: false, concurrency: false, idempotency: false };
    const host = await started({ service: { name: 'users', ...off } });
    for (let call = 0; call < 3; call++) expect((await host.client('users').get('/users')).statusCode).toBe(200);
  });

  it('is refused before anything is opened', async () => {
    const service = {
      name: 'users',
      rateLimit: { perSecond: 1, burst: 1, limit: 1 },
      overload: { dely: 1 },
      concurrency: 'on',
      idempotency: { ttl: 'soon', size: 1 },
    };
    const open = 'return { value: 0 };';
    await app.write('plugin.mjs', driverSource({ slot: 'plugin', name: 'p', open }, app.folder));
    expect(await problemsOf({ service, plugins: ['./plugin.mjs'] })).toEqual({
      'service.rateLimit': expect.stringContaining('either { perSecond, burst } or { limit, window }'),
      'service.overload.dely': expect.stringContaining('Did you mean "delay"?'),
      'service.concurrency': expect.stringContaining('expected true, false or'),
      'service.idempotency.ttl': expect.stringContaining('is not a duration'),
      'service.idempotency.size': expect.stringContaining('unknown option'),
    });
    expect(logOf(app.folder)).toEqual([]);
  });
});

describe('the loadBalancer block', () => {
  it('takes the words of every strategy, in any spelling, and refuses others with a hint', async () => {
    const options = {
      zone: 'a',
      split: { 1: 9, 2: 1 },
      filter: { tags: ['blue'] },
      subset: 20,
      slow_start: '30s',
      pushback: '2s',
      load_factor: 1.5,
      max_retries: 2,
    };
    for (const strategy of ['p2c_ewma', 'consistent_hash', 'round_robin'])
      expect(await problemsOf({ load_balancer: { strategy, options } })).toEqual({});
    expect(await problemsOf({ loadBalancer: { options: { slowstart: '1s', loadFactor: 0.5 } } })).toEqual({
      'loadBalancer.options.slowstart': expect.stringContaining('Did you mean "slowStart"?'),
      'loadBalancer.options.loadFactor': expect.any(String),
    });
  });
});
