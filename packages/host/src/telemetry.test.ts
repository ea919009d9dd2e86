import { noopMetrics } from '@weft/core';
import { createLogger } from '@weft/logging';
import type { OtelTracer } from '@weft/tracing-otel';
import { afterEach, describe, expect, it } from 'vitest';
import { driverSource, type Installable, logOf, type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { createHost } from './create-host.js';
import { createTracer } from './create-tracer.js';
import type { Host } from './host.js';
import type { WeftConfig } from './weft-config.js';

const packages: readonly Installable[] = [
  '@weft/registry-memory',
  '@weft/transport-http',
  '@weft/tracing-otel',
  '@weft/metrics-otel',
];
const quiet = { level: 'silent' } as const;

let app: TemporaryApp;
let host: Host | undefined;
afterEach(async () => {
  await host?.stop();
  host = undefined;
  await app.remove();
});

async function started(config: WeftConfig): Promise<Host> {
  app = await temporaryApp({}, packages);
  const registry = { driver: 'memory', address: app.folder };
  const service = { name: 'users', drain: { propagation: 0 } };
  host = await createHost({ service, registry, logging: quiet, ...config }, { from: app.folder, signals: false });
  host.service?.addHandler('GET /users/:id', ({ params }) => ({ id: params.id }));
  await host.start();
  return host;
}

function loaded(of: Host): string[] {
  return of.describe().drivers.map(({ slot, name }) => `${slot} ${name}`);
}

describe('The blocks tracing and metrics', () => {
  it('leave everything as it is when they are not there: nothing is loaded, nothing measured', async () => {
    const plain = await started({});
    expect(loaded(plain)).toEqual(['registry memory', 'transport http']);
    expect(plain.metrics).toBe(noopMetrics);
    const { headers } = await plain.client('users').get('/users/7');
    expect(headers).not.toHaveProperty('traceparent');
  });

  it("load the seed's tree (S121-S125)", async () => {
    const reporter = { type: 'jaeger', url: 'http://localhost:14268/api/traces' };
    const seed = { tracing: { enabled: true, service_name: 'user-service', sampler: 0.1, reporter } };
    const traced = await started(seed as WeftConfig);
    expect(loaded(traced)).toContain('tracing otel');
  });

  it('record each call on both of its sides', async () => {
    const traced = await started({ tracing: { sampler: 1, reporter: { type: 'memory' } } });
    expect((await traced.client('users').get('/users/7')).data).toEqual({ id: '7' });
    await traced.stop();
    const spans = (traced.tracer as OtelTracer).spans();
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(spans.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['client', 'server']));
  });

  it('tell in the trace of a request what it changes in the config center, and what was refused there', async () => {
    app = await temporaryApp({}, [...packages, '@weft/config-memory']);
    const config: WeftConfig = {
      service: { name: 'users', drain: { propagation: 0 } },
      registry: { driver: 'memory', address: app.folder },
      config: { driver: 'memory', address: app.folder },
      tracing: { reporter: { type: 'memory' } },
      logging: quiet,
    };
    host = await createHost(config, { from: app.folder, signals: false });
    const { service, config: center, tracer } = host;
    service?.addHandler('PUT /limit', async () => {
      await center.set('limit', 5);
      await center.set('limit', 6, { ifRevision: 'another' }).catch(() => {});
      await center.remove('limit');
    });
    await host.start();
    await host.client('users').call('PUT', '/limit');
    expect(await center.get('limit')).toBeUndefined();
    await host.stop();
    const spans = (tracer as OtelTracer).spans();
    const handled = spans.find(({ kind }) => kind === 'server');
    const writes = spans.filter(({ parentSpanId }) => parentSpanId === handled?.spanId);
    expect(writes.map(({ name, tags, isFailed }) => [name, tags['config.key'], isFailed])).toEqual([
      ['config set', 'limit', false],
      ['config set', 'limit', true],
      ['config remove', 'limit', false],
    ]);
  });

  it('measure service and client, and what becomes of spans, in one place', async () => {
    const lines: string[] = [];
    app = await temporaryApp({}, packages);
    const config: WeftConfig = {
      service: { name: 'users', drain: { propagation: 0 } },
      registry: { driver: 'memory', address: app.folder },
      metrics: { prometheus: { port: 0 } },
      tracing: { reporter: { type: 'memory' }, queue: { interval: 10 } },
    };
    const logger = createLogger({ destination: { write: (line) => lines.push(line) } });
    host = await createHost(config, { from: app.folder, signals: false, logger });
    host.service?.addHandler('GET /users/:id', ({ params }) => ({ id: params.id }));
    await host.start();
    await host.client('users').get('/users/7');
    const url = lines.map((line) => JSON.parse(line).url as string | undefined).find((one) => one?.endsWith('/metrics')) ?? '';
    await expect.poll(async () => (await fetch(url)).text()).toContain('tracing_spans_reported_total');
    const text = await (await fetch(url)).text();
    expect(text).toMatch(/^service_requests_total\{.*path="\/users\/:id".*\} 1$/m);
    expect(text).toMatch(/^service_calls_total\{.*target_service="users".*\} 1$/m);
    await host.stop();
    await expect(fetch(url)).rejects.toThrow();
  });

  it('open metrics for tracing, and close both behind all that is traced and measured', async () => {
    app = await temporaryApp({}, packages);
    const metrics =
      'return { value: { increment() {}, histogram() {}, gauge() {}, url: "there" }, stop: async () => tell("stops") };';
    const tracing = 'tell(host.get("metrics").url); return { value: { startSpan() {} }, stop: async () => tell("stops") };';
    await app.write('t.mjs', driverSource({ slot: 'tracing', name: 't', needs: ['metrics'], open: tracing }, app.folder));
    await app.write('m.mjs', driverSource({ slot: 'metrics', name: 'm', open: metrics }, app.folder));
    await app.write('p.mjs', driverSource({ slot: 'plugin', name: 'p' }, app.folder));
    const blocks = { tracing: { from: './t.mjs' }, metrics: { from: './m.mjs' }, plugins: ['./p.mjs'] };
    host = await createHost({ registry: 'memory', logging: quiet, ...blocks }, { from: app.folder, signals: false });
    expect(host.metrics.url).toBe('there');
    await host.start();
    await host.stop();
    expect(logOf(app.folder)).toEqual(['m opens', 't opens', 't there', 'p opens', 'p starts', 'p stops', 't stops', 'm stops']);
  });

  it('take what the environment says, and snake_case, as far inside as there are options', async () => {
    const text = `
service: { name: users }
registry: { driver: memory }
logging: { level: silent }
metrics: { prometheus: { port: "\${METRICS_PORT:-9464}" }, max_series: "\${SERIES:-2}" }
tracing: { reporter: { type: memory }, tail: { max_traces: "\${TRACES:-10}" }, queue: { max_spans: 100 } }
`;
    app = await temporaryApp({ 'weft.config.yaml': text }, packages);
    host = await createHost(undefined, { folder: app.folder, signals: false, env: { METRICS_PORT: '0' } });
    expect(host.metrics.url).toMatch(/^http:\/\/127\.0\.0\.1:(?!9464)\d+\/metrics$/);
    for (const user of ['ann', 'ben', 'eve']) host.metrics.increment('carts', { user });
    expect(await host.metrics.scrape?.()).toContain('carts_total{user="other"} 2');
    expect((host.tracer as OtelTracer).stats().tail).toEqual({ kept: 0, evicted: 0 });
  });

  it('are refused with what is wrong and what would be right', async () => {
    app = await temporaryApp({}, packages);
    const blocks = { tracing: { sampler: 1, reporter: { type: 'jagger' } }, metrics: { prometeus: false } };
    const refused = createHost({ registry: 'memory', ...blocks }, { from: app.folder });
    await expect(refused).rejects.toMatchObject({
      problems: [
        { path: 'metrics.prometeus', message: 'unknown key. Did you mean "prometheus"?' },
        { path: 'tracing.reporter.type', message: expect.stringContaining('Did you mean "jaeger"?') },
      ],
    });
  });
});

describe('createTracer', () => {
  it('takes a sampler and a reporter where the package is installed (S91)', async () => {
    app = await temporaryApp({}, packages);
    const reporter = { type: 'memory' };
    const tracer = await createTracer({ serviceName: 'user-service', sampler: 1, reporter }, { from: app.folder });
    tracer.startSpan('create_user').setTag('user_id', 7).finish();
    await tracer.close();
    expect((tracer as unknown as OtelTracer).spans()).toMatchObject([{ name: 'create_user' }]);
  });
});
