import { seededRandom } from '@weft/conformance';
import { WeftError } from '@weft/core';
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
    ['service.healthCheck', { healthCheck: 'health' }],
    ['service.limits.bodyBytes', { limits: { bodyBytes: -1 } }],
    ['service.trustedPeers', { trustedPeers: ['example.org'] }],
    ['service.trustedPeers', { trustedPeers: ['10.0.0.0/33'] }],
    ['service.trustedPeers', { trustedPeers: ['10.0.0.0/'] }],
    ['service.healthCheck.interval', { healthCheck: { interval: 0 } }],
    ['service.http', { http: false }],
  ])('refuses a bad %s', (path, options) => {
    expect(problemsOf({ name: 'users', ...options })).toEqual([expect.objectContaining({ path })]);
  });
});
