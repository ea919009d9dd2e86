import type { ClientTransport, RateLimitStore, ReplyCache } from '@weft/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { type CreateClientConfig, createClient } from './create-client.js';
import { type CreateServiceConfig, createService } from './create-service.js';

let app: TemporaryApp;

beforeEach(async () => {
  app = await temporaryApp({}, ['@weft/cache', '@weft/registry-memory', '@weft/transport-http']);
});
afterEach(() => app.remove());

describe('createClient and createService with what governs', () => {
  const around = () => ({ from: app.folder, folder: app.folder });
  const registry = () => ({ driver: 'memory', address: app.folder });

  it('take policies, a cache and limits in words', async () => {
    const service = await createService(
      { name: 'users', registry: registry(), rateLimit: { limit: 3, window: '1m' }, rateLimits: 'memory', idempotency: true },
      around(),
    );
    let asked = 0;
    service.addHandler('GET /', () => ++asked);
    await service.start();
    await app.write('policies.json', JSON.stringify({ 'users GET /': { retries: 0 } }));
    const client = await createClient(
      {
        serviceName: 'users',
        registry: registry(),
        policies: './policies.json',
        cache: { ttl: '1m' },
        rateLimit: { driver: 'memory' },
      },
      around(),
    );
    for (let n = 0; n < 5; n++) expect((await client.get('/')).data).toBe(1);
    await client.close();
    await service.stop({ immediate: true });
  });

  it("take ready-made ones, which stay the caller's", async () => {
    const log: string[] = [];
    const cache = { handles: () => false, invalidate() {}, through: () => {}, stale() {}, clear() {} } as unknown as ReplyCache;
    const limits: RateLimitStore = {
      take: async (key) => ({ allowed: log.push(key) < 2, remaining: 0, retryAfterMs: 1 }),
      close: async () => void log.push('closed'),
    };
    const transport: ClientTransport = {
      protocols: ['http'],
      supports: { streaming: true },
      send: async () => ({ status: 200, headers: {} }),
      close: async () => {},
    };
    const client = await createClient(
      {
        serviceName: 'users',
        registry: registry(),
        transport,
        cache: Object.assign(cache, { handles: () => log.push('asked') === 0 }),
        rateLimit: limits,
        policies: { users: { rateLimit: { perSecond: 1 } } },
      },
      around(),
    );
    await client.get('/', { timeout: 20 }).catch(() => {});
    await client.close();
    expect(log).toContain('asked');
    expect(log).toContain('users');
    expect(log).not.toContain('closed');
  });

  it('are refused for what is wrong with them', async () => {
    const refusalOf = (making: Promise<unknown>) =>
      making.then(
        () => [],
        ({ problems }: { problems: { path: string }[] }) => problems.map(({ path }) => path),
      );
    const bad = { policies: { users: { retrys: 1 } }, cache: { ttl: 'soon' }, rateLimit: 7 } as unknown as CreateClientConfig;
    expect(await refusalOf(createClient({ ...bad, registry: registry() }, around()))).toEqual([
      'cache.ttl',
      'rateLimit',
      'policies["users"].retrys',
    ]);
    const service = { name: 'users', registry: registry(), overload: { delay: 'soon' } } as CreateServiceConfig;
    expect(await refusalOf(createService(service, around()))).toEqual(['service.overload.delay']);
  });
});
