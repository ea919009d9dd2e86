import type {} from '@weft/config-file';
import type {} from '@weft/config-memory';
import type {} from '@weft/registry-file';
import type {} from '@weft/registry-memory';
import type {} from '@weft/transport-http';
import type {} from '@weft/transport-memory';
import { describe, expect, it } from 'vitest';
import { createClient } from './create-client.js';
import { createConfigClient } from './create-config-client.js';
import { createHost } from './create-host.js';
import { createRegistry } from './create-registry.js';
import { createService } from './create-service.js';
import { createServiceDiscovery } from './create-service-discovery.js';
import { defineConfig } from './define-config.js';
import type { WeftConfig } from './weft-config.js';

declare global {
  interface WeftDrivers {
    'registry/acme': { readonly cluster: string };
    'breaker/acme': { readonly volume?: number };
  }
}

const text: string = 'x';
const either = 'file' as 'file' | 'memory';

/** Compiled only: these would open something. `@ts-expect-error` fails the compilation where there is no error. */
const compiled = {
  parts: () => [
    createHost({ registry: { driver: 'file', path: 'x' }, circuitBreaker: { threshold: 3 } }),
    createHost('weft.config.yaml'),
    createClient({ serviceName: 'a', registry: { driver: 'file', path: 'x' }, transport: { driver: 'http', pool: {} } }),
    createClient({ serviceName: 'a', registry: 'consul', registryAddress: 'localhost:8500' }),
    createClient({ policies: { a: { retries: 1 } }, cache: { ttl: '1s' }, rateLimit: { driver: 'redis', address: 'x' } }),
    createClient({ policies: './policies.yaml', cache: true, rateLimit: 'memory' }),
    createService({ name: 'a', idempotency: { store: 'redis', address: 'x', ttl: '1h' }, rateLimit: { perSecond: 5, burst: 5 } }),
    createService({ name: 'a', overload: false, concurrency: { maxLimit: 50 }, rateLimits: 'redis', idempotency: true }),
    createService({ name: 'a', registry: { driver: 'memory', address: 'x', ttl: '3s' } }),
    createRegistry('consul', 'localhost:8500'),
    createRegistry({ driver: 'consul', address: 'localhost:8500', token: 'x' }),
    createRegistry({ registry: 'memory', address: 'x' }),
    createServiceDiscovery({ driver: 'memory', address: 'x' }),
    createConfigClient({ registry: 'consul', address: 'localhost:8500', prefix: 'config', timeout: '10s' }),
    createConfigClient({ registry: 'file', path: 'x' }),
  ],
  misspelt: () => [
    // @ts-expect-error pth
    createHost({ registry: { driver: 'file', pth: 'x' } }),
    // @ts-expect-error pth
    createClient({ registry: { driver: 'file', pth: 'x' } }),
    // @ts-expect-error treshold
    createClient({ circuitBreaker: { treshold: 3 } }),
    // @ts-expect-error retrys
    createClient({ policies: { a: { retrys: 1 } } }),
    // @ts-expect-error tll
    createClient({ cache: { tll: '1s' } }),
    // @ts-expect-error dely
    createService({ name: 'a', overload: { dely: '1s' } }),
    // @ts-expect-error adress
    createService({ name: 'a', registry: { driver: 'memory', adress: 'x' } }),
    // @ts-expect-error pth
    createRegistry({ driver: 'file', pth: 'x' }),
    // @ts-expect-error pth
    createServiceDiscovery({ pth: 'x' }),
    // @ts-expect-error pth
    createConfigClient({ registry: 'file', pth: 'x' }),
  ],
};

describe('defineConfig', () => {
  it('gives back what it is given', () => {
    const config = { registry: { driver: 'file', path: 'x' } } as const;
    expect(defineConfig(config)).toBe(config);
    expect(Object.keys(compiled)).toEqual(['parts', 'misspelt']);
  });

  it("takes the options of the driver beside the host's own", () => {
    const configs = [
      defineConfig({
        registry: { driver: 'file', path: 'x', ttl: '3s' },
        config: { driver: 'memory', address: 'x', prefix: 'a' },
      }),
      defineConfig({ transport: { driver: 'http', pool: { connections: 5 } }, circuitBreaker: { driver: 'acme', volume: 3 } }),
      defineConfig({ registry: { registry: 'acme', from: '@acme/registry', cluster: 'a' } }),
      defineConfig({ transport: ['http', { driver: 'memory', address: 'x' }], loadBalancer: 'random' }),
      defineConfig({ registry: { driver: either, timeout: '1s' } }),
    ];
    expect(configs).toHaveLength(5);
  });

  it('means the defaults when it names no driver', () => {
    const config = defineConfig({
      registry: { path: 'x' },
      config: { path: 'x' },
      transport: { pool: { connections: 5 } },
      circuitBreaker: { threshold: 3 },
    });
    expect(config.registry).toEqual({ path: 'x' });
  });

  it('takes any options for a driver of Weft that takes no part in the compilation, for one with `from`, and for a computed name', () => {
    const configs = [
      defineConfig({ registry: { driver: 'consul', address: 'localhost:8500', token: 'x' } }),
      defineConfig({ registry: { from: './my-registry.js', folder: 'x' } }),
      defineConfig({ registry: { driver: 'mine', from: './my-registry.js', folder: 'x' } }),
      defineConfig({ registry: { driver: text, folder: 'x' }, circuitBreaker: { driver: text, volume: 3 } }),
    ];
    expect(configs).toHaveLength(4);
  });

  it('refuses a misspelt option of a driver', () => {
    const configs = [
      // @ts-expect-error "pth" ... Did you mean to write "path"?
      defineConfig({ registry: { driver: 'file', pth: 'x' } }),
      // @ts-expect-error the same with the default driver
      defineConfig({ registry: { pth: 'x' } }),
      // @ts-expect-error an option of another driver
      defineConfig({ registry: { driver: 'memory', path: 'x' } }),
      // @ts-expect-error a misspelt word of the host
      defineConfig({ registry: { driver: 'file', tll: '3s' } }),
      // @ts-expect-error a wrong type
      defineConfig({ config: { driver: 'file', path: 3 } }),
      // @ts-expect-error `from` opens nothing when the options of the driver are known
      defineConfig({ registry: { driver: 'acme', from: '@acme/registry', clutser: 'a' } }),
      // @ts-expect-error a misspelt option of the default transport, one level down
      defineConfig({ transport: { pool: { conections: 5 } } }),
      // @ts-expect-error a misspelt option of the built-in breaker
      defineConfig({ circuitBreaker: { treshold: 3 } }),
      // @ts-expect-error a misspelt option of another breaker
      defineConfig({ circuitBreaker: { driver: 'acme', volum: 3 } }),
    ];
    expect(configs).toHaveLength(9);
  });

  it('refuses a driver that nobody knows and that comes from nowhere', () => {
    // @ts-expect-error `from` is missing
    const config = defineConfig({ registry: { driver: 'acmee', cluster: 'a' } });
    expect(config.registry).toEqual({ driver: 'acmee', cluster: 'a' });
  });

  it('takes policies with all that code can say, and refuses a misspelt one', () => {
    const policies = {
      users: { loadBalancer: { strategy: 'p2c_ewma', options: { zone: 'a' } }, circuitBreaker: { threshold: 3 } },
      'users GET /users/:id': { rateLimit: { perSecond: 5 }, fallback: [(error: Error) => error.message, 'stale', { value: 1 }] },
    } as const;
    const configs = [
      defineConfig({ policies, cache: true, rateLimit: { driver: 'redis', address: 'x' } }),
      defineConfig({ policies: './policies.yaml', cache: { ttl: '1s', enabled: false } }),
      // @ts-expect-error "retrys" ... Did you mean to write "retries"?
      defineConfig({ policies: { users: { retrys: 1 } } }),
      // @ts-expect-error "hegde"
      defineConfig({ policies: { 'users GET /': { hegde: true } } }),
    ];
    expect(configs[0]?.policies).toBe(policies);
  });

  it('refuses misspelt blocks and words', () => {
    const configs = [
      // @ts-expect-error "regsitry" ... Did you mean to write "registry"?
      defineConfig({ regsitry: { driver: 'file' } }),
      // @ts-expect-error "prt" ... Did you mean to write "port"?
      defineConfig({ service: { name: 'a', prt: 1 } }),
    ];
    expect(configs).toHaveLength(2);
  });

  it('makes a config that a loose one takes in', () => {
    const loose: WeftConfig = { registry: { driver: 'file', whatever: 1 } };
    expect(defineConfig(loose)).toBe(loose);
  });
});
