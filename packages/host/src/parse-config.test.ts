import { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { parseConfig } from './parse-config.js';

/** The seed's `GetMicroserviceConfig()` as data (S99-S135), durations written as text. */
const snakeCase = {
  service: {
    name: 'user-service',
    version: '1.0.0',
    port: 8080,
    metadata: { environment: 'production', region: 'us-west-1' },
    health_check: { path: '/health', interval: '30s', timeout: '5s' },
  },
  client: { timeout: '30s', retries: 3, retry_delay: '1s', max_retries: 5, load_balancer: 'round_robin', circuit_breaker: true },
  registry: { driver: 'consul', address: 'localhost:8500', timeout: '10s', ttl: '30s' },
  load_balancer: { strategy: 'round_robin', options: { max_retries: 3 } },
  circuit_breaker: { threshold: 5, timeout: '30s', half_open: true },
  tracing: {
    enabled: true,
    service_name: 'user-service',
    sampler: 0.1,
    reporter: { type: 'jaeger', url: 'http://localhost:14268/api/traces' },
  },
  config: { driver: 'consul', address: 'localhost:8500', prefix: 'config', timeout: '10s' },
  service_mesh: { enabled: true, sidecar: true, proxy: { port: 15001, admin_port: 15000 } },
};

const camelCase = {
  service: {
    name: 'user-service',
    version: '1.0.0',
    port: 8080,
    metadata: { environment: 'production', region: 'us-west-1' },
    healthCheck: { path: '/health', interval: '30s', timeout: '5s' },
  },
  client: { timeout: '30s', retries: 3, retryDelay: '1s', maxRetries: 5, loadBalancer: 'round_robin', circuitBreaker: true },
  registry: { driver: 'consul', address: 'localhost:8500', timeout: '10s', ttl: '30s' },
  loadBalancer: { strategy: 'round_robin', options: { maxRetries: 3 } },
  circuitBreaker: { threshold: 5, timeout: '30s', halfOpen: true },
  tracing: {
    enabled: true,
    serviceName: 'user-service',
    sampler: 0.1,
    reporter: { type: 'jaeger', url: 'http://localhost:14268/api/traces' },
  },
  config: { driver: 'consul', address: 'localhost:8500', prefix: 'config', timeout: '10s' },
  serviceMesh: { enabled: true, sidecar: true, proxy: { port: 15001, adminPort: 15000 } },
};

function refusal(data: unknown): WeftError {
  try {
    parseConfig(data, { source: 'weft.config.json' });
  } catch (error) {
    if (error instanceof WeftError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

function messages(data: unknown): Record<string, string> {
  return Object.fromEntries((refusal(data).problems ?? []).map(({ path, message }) => [path, message]));
}

describe('parseConfig', () => {
  it("takes the seed's whole tree in snake_case and in camelCase, to the same result", () => {
    expect(parseConfig(snakeCase)).toEqual(camelCase);
    expect(parseConfig(camelCase)).toEqual(camelCase);
  });

  it('leaves the keys of free maps as they are', () => {
    const service = { name: 'users', metadata: { data_center: 'a', dataCenter: 'b' } };
    const load_balancer = { strategy: 'weighted', options: { weights: { instance_1: 3 } } };
    expect(parseConfig({ service, load_balancer })).toEqual({ service, loadBalancer: load_balancer });
  });

  it("leaves a driver's own keys to the driver", () => {
    expect(parseConfig({ registry: { driver: 'consul', data_center: 'a', stale_after: '5s' } }).registry).toEqual({
      driver: 'consul',
      data_center: 'a',
      staleAfter: '5s',
    });
  });

  it('takes registry and registryAddress for driver and address (A5)', () => {
    const parsed = parseConfig({
      registry: { registry: 'consul', registry_address: 'localhost:8500' },
      config: { registry: 'etcd' },
    });
    expect(parsed).toEqual({ registry: { driver: 'consul', address: 'localhost:8500' }, config: { driver: 'etcd' } });
  });

  it('takes a word where a block is not needed', () => {
    const config = {
      registry: 'memory',
      transport: ['http', { driver: 'memory' }],
      loadBalancer: 'random',
      circuitBreaker: false,
    };
    expect(parseConfig(config)).toEqual(config);
  });

  it('drops what is undefined, and gives back a copy', () => {
    const given = { service: { name: 'users', version: undefined, tags: ['a'] } };
    const parsed = parseConfig(given);
    expect(parsed).toStrictEqual({ service: { name: 'users', tags: ['a'] } });
    expect(parsed.service?.tags).not.toBe(given.service.tags);
  });

  it('reports everything that is wrong at once, one line each under the source', () => {
    const error = refusal({
      service: { name: '', port: 70_000, tags: [1] },
      clients: {},
      client: { retrys: 2, timeout: '3 parsecs', loadBalancer: 5 },
    });
    expect(error.code).toBe('WEFT_CONFIG_INVALID');
    expect(error.message).toBe(
      [
        'WEFT_CONFIG_INVALID  weft.config.json',
        '  service.name: expected text that is not empty, found ""',
        '  service.port: expected a whole number from 0 to 65535, found 70000',
        '  service.tags[0]: expected text, found 1',
        '  client.timeout: "3 parsecs" is not a duration: expected a number of ms or text such as "30s", "500ms", "1m30s"',
        '  client.loadBalancer: expected a strategy, or { strategy, options }, found 5',
        '  client.retrys: unknown key. Did you mean "retries"?',
        '  clients: unknown key. Did you mean "client"?',
      ].join('\n'),
    );
  });

  it('looks into the form that was meant, where several are possible', () => {
    const wrong = {
      service: { name: 'a', healthCheck: { interval: true, pth: '/' } },
      circuitBreaker: { threshold: 'three', slow: { treshold: '2s' } },
      transport: ['http', { driver: 7 }],
      loadBalancer: 7,
    };
    expect(messages(wrong)).toEqual({
      'service.healthCheck.interval': expect.stringContaining('is not a duration'),
      'service.healthCheck.pth': 'unknown key. Did you mean "path"?',
      'circuitBreaker.threshold': 'expected a whole number from 1, found "three"',
      'circuitBreaker.slow.threshold': 'is missing: expected a duration such as "30s"',
      'circuitBreaker.slow.treshold': 'unknown key. Did you mean "threshold"?',
      'transport[1].driver': 'expected text, found 7',
      loadBalancer: 'expected a strategy, or { strategy, options }, found 7',
    });
  });

  it('refuses a number above 24 h as a duration', () => {
    expect(messages({ client: { timeout: 30_000_000_000 } })['client.timeout']).toContain('is this Go nanoseconds? write "30s"');
  });

  it('refuses the same key in two spellings', () => {
    const { 'client.retry_delay': message } = messages({ client: { retryDelay: '1s', retry_delay: '2s' } });
    expect(message).toBe('is the same as "retryDelay", which is there too: keep one.');
    const { 'client.retryDelay': other } = messages({ client: { retry_delay: '1s', retryDelay: '2s' } });
    expect(other).toBe('is the same as "retry_delay", which is there too: keep one.');
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s anywhere and pollutes nothing (R76)', (key) => {
    const poisoned: unknown = JSON.parse(`{ "service": { "name": "a", "metadata": { "${key}": { "polluted": true } } } }`);
    expect(messages(poisoned)[`service.metadata.${key}`]).toBe('this key is not allowed.');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('does not show long texts, which may be keys', () => {
    const secret = `-----BEGIN PRIVATE KEY-----\n${'a'.repeat(200)}`;
    expect(messages({ service: { name: 'a', tls: secret } })['service.tls']).toBe('expected an object, found a long text');
  });

  it('refuses what is no object', () => {
    expect(refusal([]).message).toBe('WEFT_CONFIG_INVALID  weft.config.json\n  expected an object, found a list');
  });
});
