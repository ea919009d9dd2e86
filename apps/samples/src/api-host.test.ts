import { writeFile } from 'node:fs/promises';
import { type LogFields, type Logger, noopLogger } from '@weft/core';
import { createHost, defineConfig, type Host } from '@weft/host';
import { OtlpReceiver } from '@weft-tooling/servers';
import { afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { inSampleFolder } from './sample-folder.js';

inSampleFolder();

let host: Host;
afterEach(() => host.stop());

/** Ends a test's service without going through the drain of a deploy. */
const QUICK = { propagation: 0, grace: '1s' };

async function pinged(): Promise<unknown> {
  host.service?.addHandler('GET /ping', async () => ({ ok: true }));
  await host.start();
  return (await host.client('user-service').call('GET', '/ping')).data;
}

describe('the host of the public API', () => {
  beforeAll(async () => {
    const yaml = ['service:', '  name: user-service', 'registry: { driver: file, ttl: 15s }', 'logging: { level: silent }'];
    await writeFile('weft.config.yaml', `${yaml.join('\n')}\n`);
  });

  it('finds its config from the working directory upwards (S197, S198)', async () => {
    host = await createHost(undefined, { signals: false });
    expect(await pinged()).toEqual({ ok: true });
    expect(host.describe().source).toMatch(/weft\.config\.yaml$/);
  });

  it('takes the path of a config (S198)', async () => {
    host = await createHost('weft.config.yaml', { signals: false });
    expect(await pinged()).toEqual({ ok: true });
  });

  it('takes a config as it is, and hands out what it is made of (S134, S197)', async () => {
    const service = { name: 'user-service', drain: QUICK };
    const config = defineConfig({ service, registry: 'file', config: { driver: 'file' }, logging: { level: 'silent' } });
    host = await createHost(config, { signals: false });
    expect(await pinged()).toEqual({ ok: true });
    expect((await host.registry.getService('user-service')).id).toBe(host.service?.id);
    await host.config.set('database', { host: 'a' });
    expect(await host.config.get('database')).toEqual({ host: 'a' });
    host.metrics.increment('orders');
    host.logger.info('nobody hears it');
    host.tracer.startSpan('work').finish();
    expect(host.describe().drivers.map(({ slot, name }) => `${slot} ${name}`)).toContain('registry file');
    await host.stop();
    expect(host.service?.isRunning()).toBe(false);
  });

  it('takes policies, a cache and the place where limits are counted (S134)', async () => {
    const config = defineConfig({
      service: { name: 'user-service', drain: QUICK },
      registry: 'file',
      policies: {
        'user-service': { rateLimit: { limit: 1, window: '1m' } },
        'user-service GET /users/:id': { fallback: 'stale' },
      },
      cache: { ttl: '1m' },
      rateLimit: 'memory',
      logging: { level: 'silent' },
    });
    host = await createHost(config, { signals: false });
    expect(await pinged()).toEqual({ ok: true });
    expect((await host.client('user-service').get('/ping')).statusCode).toBe(200);
    await expect(host.client('user-service').get('/users/1')).rejects.toMatchObject({ code: 'WEFT_RATE_LIMITED' });
  });

  it('traces and measures when it is told to: spans go to the collector, metrics wait to be fetched (S121-S125, S159)', async () => {
    const collector = await OtlpReceiver.open();
    onTestFinished(() => collector.close());
    const told: LogFields[] = [];
    const logger: Logger = { ...noopLogger, info: (_, fields = {}) => void told.push(fields), child: () => logger };
    const config = defineConfig({
      service: { name: 'user-service', drain: QUICK },
      registry: 'file',
      tracing: { sampler: 1, reporter: { type: 'otlp', url: collector.url }, tail: true },
      metrics: { driver: 'otel', prometheus: { port: 0 } },
    });
    host = await createHost(config, { signals: false, logger });
    expect(await pinged()).toEqual({ ok: true });
    const url = String(told.find((fields) => 'url' in fields)?.url);
    expect(await (await fetch(url)).text()).toMatch(
      /^service_requests_total\{method="GET",path="\/ping",status="200",status_class="2xx"\} 1$/m,
    );
    await host.stop();
    const spans = collector.spansOf('user-service');
    const client = spans.find(({ kind }) => kind === 'client');
    expect(spans.find(({ kind }) => kind === 'server')?.parentSpanId).toBe(client?.spanId);
  });
});
