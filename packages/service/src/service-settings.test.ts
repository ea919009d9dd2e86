import { seededRandom } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { memoryIdempotency } from '@weft/resilience';
import { describe, expect, it } from 'vitest';
import type { ServiceOptions } from './service-options.js';
import { parseServiceOptions } from './service-settings.js';

const parse = (options: ServiceOptions) => parseServiceOptions(options, seededRandom(1));
const problemsOf = (options: Record<string, unknown>) => {
  try {
    parse(options as unknown as ServiceOptions);
  } catch (error) {
    return error instanceof WeftError ? error.problems : undefined;
  }
  return [];
};

describe('parseServiceOptions', () => {
  it('needs a name only', () => {
    expect(parse({ name: 'users' })).toMatchObject({
      version: '0.0.0',
      host: '127.0.0.1',
      port: 0,
      health: { path: '/health', intervalMs: 30_000, timeoutMs: 5_000 },
      drain: { graceMs: 20_000, propagationMs: undefined },
      limits: { bodyBytes: 1_048_576, headerBytes: 16_384 },
    });
  });

  it('protects in no way unless told so', () => {
    const off = { rateLimit: undefined, concurrency: undefined, idempotency: undefined };
    expect(parse({ name: 'users' }).protection).toEqual({ overload: undefined, ...off });
    expect(parse({ name: 'users', overload: true }).protection).toEqual({ overload: {}, ...off });
    const said = { overload: false, rateLimit: false, concurrency: false, idempotency: false } as const;
    expect(parse({ name: 'users', ...said }).protection).toEqual({ overload: undefined, ...off });
  });

  it('takes a rate limit as a bucket or as a window, by peer unless told otherwise', () => {
    const rateLimitOf = (rateLimit: NonNullable<ServiceOptions['rateLimit']>) => parse({ name: 'users', rateLimit }).protection;
    expect(rateLimitOf({ perSecond: 10, burst: 20 }).rateLimit).toEqual({
      rule: { algorithm: 'token_bucket', perSecond: 10, burst: 20 },
      key: 'peer',
    });
    expect(rateLimitOf({ limit: 100, window: '1m', key: 'all' }).rateLimit).toEqual({
      rule: { algorithm: 'sliding_window', limit: 100, windowMs: 60_000 },
      key: 'all',
    });
  });

  it('remembers answers for a day, claimed for 5 s at a time, in memory or in the store that it is given', () => {
    const { idempotency } = parse({ name: 'users', idempotency: true }).protection;
    expect(idempotency).toMatchObject({ ttlMs: 86_400_000, leaseMs: 5_000, store: { supports: { multiProcess: false } } });
    const store = memoryIdempotency();
    expect(parse({ name: 'users', idempotency: { store } }).protection.idempotency?.store).toBe(store);
    const parts = { idempotencyStore: store };
    const both = parseServiceOptions({ name: 'users', idempotency: { store: 'redis' }, ...parts }, seededRandom(1));
    expect([both.protection.idempotency?.store, both.marks]).toEqual([store, { 'weft-idempotency': 'local' }]);
    expect(parseServiceOptions({ name: 'users', idempotency: false, ...parts }, seededRandom(1)).marks).toEqual({});
  });

  it('makes an id of the name and 8 random characters', () => {
    expect(parse({ name: 'users' }).id).toMatch(/^users-[0-9a-z]{8}$/);
    expect(parse({ name: 'users', id: 'mine' }).id).toBe('mine');
  });

  it('takes the health check as a path or with its times', () => {
    expect(parse({ name: 'users', healthCheck: '/ok' }).health.path).toBe('/ok');
    expect(parse({ name: 'users', healthCheck: { interval: '10s', timeout: 200 } }).health).toEqual({
      path: '/health',
      intervalMs: 10_000,
      timeoutMs: 200,
    });
  });

  it('tells every problem at once, with where it is and what is right', () => {
    const problems = problemsOf({ name: 'a b', port: 70_000, weight: -1, drain: { grace: 'soon' }, healthChek: '/x' });
    expect(problems?.map(({ path }) => path)).toEqual([
      'service.healthChek',
      'service.name',
      'service.port',
      'service.weight',
      'service.drain.grace',
    ]);
    expect(problems?.[0]?.message).toContain('Did you mean "healthCheck"?');
    expect(problems?.[4]?.message).toContain('"30s"');
  });

  it.each([
    ['service.port', { port: 1.5 }],
    ['service.advertise.port', { advertise: { port: 0 } }],
    ['service.metadata', { metadata: { a: 1 } }],
    ['service.metadata', { metadata: { a: 'x'.repeat(8_193) } }],
    ['service.metadata', { metadata: { weight: '-3' } }],
    ['service.metadata', { metadata: { weight: 'heavy' } }],
    ['service.metadata', { metadata: { weight: 'Infinity' } }],
    ['service.healthCheck', { healthCheck: 'health' }],
    ['service.limits.bodyBytes', { limits: { bodyBytes: -1 } }],
    ['service.trustedPeers', { trustedPeers: ['example.org'] }],
    ['service.trustedPeers', { trustedPeers: ['10.0.0.0/33'] }],
    ['service.trustedPeers', { trustedPeers: ['10.0.0.0/'] }],
    ['service.healthCheck.interval', { healthCheck: { interval: 0 } }],
    ['service.http', { http: false }],
    ['service.overload', { overload: 'yes' }],
    ['service.overload.dealy', { overload: { dealy: '30ms' } }],
    ['service.overload.delay', { overload: { delay: 0 } }],
    ['service.overload.heapRatio', { overload: { heapRatio: 95 } }],
    ['service.concurrency.minLimit', { concurrency: { minLimit: -1, initialLimit: 20 } }],
    ['service.concurrency.window', { concurrency: { window: 'soon' } }],
    ['service.rateLimit', { rateLimit: {} }],
    ['service.rateLimit', { rateLimit: { perSecond: 1, burst: 1, limit: 1, window: '1s' } }],
    ['service.rateLimit', { rateLimit: 100 }],
    ['service.rateLimit', { rateLimit: true }],
    ['service.rateLimit.perSecond', { rateLimit: { perSecond: 0, burst: 1 } }],
    ['service.rateLimit.perSecond', { rateLimit: { perSecond: '5', burst: 1 } }],
    ['service.rateLimit.perSecond', { rateLimit: { burst: 1 } }],
    ['service.rateLimit.burst', { rateLimit: { perSecond: 1, burst: Number.POSITIVE_INFINITY } }],
    ['service.rateLimit.limit', { rateLimit: { limit: -3, window: '1s' } }],
    ['service.rateLimit.window', { rateLimit: { limit: 3, window: 0 } }],
    ['service.rateLimit.window', { rateLimit: { limit: 3, window: 'soon' } }],
    ['service.rateLimit.window', { rateLimit: { limit: 3 } }],
    ['service.rateLimit.key', { rateLimit: { perSecond: 1, burst: 1, key: 'pear' } }],
    ['service.rateLimit.key', { rateLimit: { perSecond: 1, burst: 1, key: { header: 'a b' } } }],
    ['service.idempotency', { idempotency: 'memory' }],
    ['service.idempotency.ttl', { idempotency: { ttl: 0 } }],
    ['service.idempotency.lease', { idempotency: { lease: '1ms' } }],
    ['service.idempotency.store', { idempotency: { store: 'redis' } }],
    ['service.idempotency.store', { idempotency: { store: {} } }],
    ['service.idempotency.store', { idempotency: { store: 0 } }],
  ])('refuses a bad %s', (path, options) => {
    expect(problemsOf({ name: 'users', ...options })).toEqual([expect.objectContaining({ path })]);
  });
});
