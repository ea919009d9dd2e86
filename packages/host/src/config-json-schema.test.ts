import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from './config-json-schema.js';
import type { JsonSchema } from './json-schema.js';
import { parseConfig } from './parse-config.js';

const shipped = fileURLToPath(new URL('../weft.config.schema.json', import.meta.url));
const apps = new URL('../../../apps/', import.meta.url);

let schema: JsonSchema;
let problemsOf: (config: unknown) => readonly string[];
beforeAll(async () => {
  schema = await configJsonSchema({ from: import.meta.url });
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
  problemsOf = (config) => {
    if (validate(config)) return [];
    const places = (validate.errors ?? []).map(({ instancePath, params }) => [instancePath, params.additionalProperty]);
    return [...new Set(places.map((place) => place.filter((part) => part !== undefined).join('/')))];
  };
});

/** Lists of words in one line, as the formatter wants them. */
function written(value: JsonSchema): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replace(/\[\s+([^[\]{}]+?)\s+\]/g, (_, items: string) => `[${items.replace(/\s*\n\s*/g, ' ')}]`)}\n`;
}

describe('configJsonSchema', () => {
  it('is what the package ships; `vitest run packages/host/src/config-json-schema.test.ts -u` writes it', async () => {
    await expect(written(schema)).toMatchFileSnapshot(shipped);
  });

  it.each(['shop-users/weft.config.yaml', 'shop-gateway/weft.config.json'])('accepts %s', async (file) => {
    const config: unknown = parse(await readFile(new URL(file, apps), 'utf8'));
    expect(problemsOf(config)).toEqual([]);
  });

  it('accepts the evaluated config of shop-orders', async () => {
    const { importModule } = await import('./import-module.js');
    expect(problemsOf(await importModule(fileURLToPath(new URL('shop-orders/weft.config.ts', apps))))).toEqual([]);
  });

  it("accepts the seed's whole tree in snake_case", () => {
    const seed = {
      service: { name: 'user-service', port: 8080, health_check: { path: '/health', interval: '30s', timeout: '5s' } },
      client: {
        timeout: '30s',
        retries: 3,
        retry_delay: '1s',
        max_retries: 5,
        load_balancer: 'round_robin',
        circuit_breaker: true,
      },
      registry: { registry: 'consul', registry_address: 'localhost:8500', timeout: '10s', ttl: '30s', stale_after: '5s' },
      load_balancer: { strategy: 'round_robin', options: { max_retries: 3 } },
      circuit_breaker: { threshold: 5, timeout: '30s', half_open: true },
      tracing: {
        enabled: true,
        service_name: 'user-service',
        sampler: 0.1,
        reporter: { type: 'jaeger', url: 'http://localhost' },
      },
      config: { driver: 'consul', address: 'localhost:8500', prefix: 'config', timeout: '10s' },
      service_mesh: { enabled: true, sidecar: true, proxy: { port: 15001, admin_port: 15000 } },
    };
    expect(problemsOf(seed)).toEqual([]);
  });

  it('accepts placeholders in place of numbers, flags, words and durations', () => {
    const text = `\${ANY:-1}`;
    const config = {
      service: { name: text, port: text, requireRegistration: text },
      client: { timeout: text, retries: text },
      logging: { level: text, pretty: text },
      circuitBreaker: text,
      tracing: { driver: 'otel', sampler: text, reporter: { type: text, url: text }, tail: { failed: text } },
      metrics: { prometheus: { port: text }, maxSeries: text, runtime: text },
    };
    expect(problemsOf(config)).toEqual([]);
  });

  it.each([
    ['the default driver', { registry: { path: '.weft', ttl: '3s' } }],
    ['a driver by name', { registry: { driver: 'memory', address: 'a', stale_after: '1s' } }],
    ['a driver by the word of the seed', { config: { registry: 'memory', address: 'a', prefix: 'b' } }],
    ['one of several transports', { transport: ['http', { driver: 'memory', address: 'a' }] }],
    ['nested options', { transport: { pool: { connections: 5 } } }],
    ['a driver that is not installed', { registry: { driver: 'consul', token: 'a' } }],
    ['a driver from elsewhere', { registry: { from: './mine.js', folder: 'a' } }],
    [
      'policies',
      { policies: { users: { rate_limit: { per_second: 5 } }, 'users GET /a': { fallback: ['stale', { value: 1 }] } } },
    ],
    ['a file of policies', { policies: './policies.yaml', cache: true, rateLimit: 'memory' }],
    ['a cache and a store of limits', { cache: { ttl: '1m', max_entries: 5 }, rate_limit: { driver: 'redis', address: 'a' } }],
    ['a service with all of it off', { service: { name: 'a', overload: false, rateLimit: false, concurrency: false } }],
    ['a protected service', { service: { name: 'a', overload: { delay: '1s' }, idempotency: { store: 'redis', address: 'a' } } }],
    [
      'telemetry',
      { tracing: { tail: { slow: '1s' } }, metrics: { prometheus: { port: 0 }, otlp: { url: 'http://localhost:4318' } } },
    ],
    ['nested options in snake_case', { tracing: { tail: { max_traces: 5 }, queue: { max_spans: 100 } } }],
    ['the log', { logging: { level: 'debug', pretty: true, redact: ['user.email'], secrets: ['abcd'] } }],
    ['a file with its schema', { $schema: './node_modules/@weft/host/weft.config.schema.json', registry: 'file' }],
  ])('accepts the options of %s', (_, config) => {
    expect(problemsOf(config)).toEqual([]);
    expect(() => parseConfig(config)).not.toThrow();
  });

  it.each([
    ['an unknown block', { regsitry: {} }, '/regsitry'],
    ['an unknown word', { client: { retrys: 1 } }, '/client/retrys'],
    ['a duration without a unit', { client: { timeout: '30' } }, '/client/timeout'],
    ['a duration in nanoseconds', { client: { timeout: 30_000_000_000 } }, '/client/timeout'],
    ['a port out of range', { service: { name: 'a', port: 70_000 } }, '/service/port'],
    ['a service without a name', { service: { port: 1 } }, '/service'],
    ['an option of another driver', { registry: { driver: 'memory', path: 'a' } }, '/registry/path'],
    ['a misspelt option of the default driver', { registry: { pth: 'a' } }, '/registry/pth'],
    ['a misspelt word of the built-in breaker', { circuitBreaker: { treshold: 1 } }, '/circuitBreaker/treshold'],
    ['a misspelt word of a policy', { policies: { 'users GET /': { retrys: 1 } } }, '/policies/users GET ~1/retrys'],
    ['a policy that cannot be', { policies: { users: { hedge: { maxTries: 1 } } } }, '/policies/users/hedge/maxTries'],
    ['a misspelt word of the cache', { cache: { tll: '1s' } }, '/cache/tll'],
    ['a misspelt word of the protection', { service: { name: 'a', overload: { dely: 1 } } }, '/service/overload/dely'],
    ['a misspelt word of tracing', { tracing: { samplr: 1 } }, '/tracing/samplr'],
    ['a misspelt word of metrics', { metrics: { prometeus: false } }, '/metrics/prometeus'],
    ['a misspelt word of the log', { logging: { prety: true } }, '/logging/prety'],
    ['an unknown log level', { logging: { level: 'inof' } }, '/logging/level'],
  ])('refuses %s', (_, config, place) => {
    expect(problemsOf(config)).toContain(place);
  });
});
