import { virtualClock } from '@weft/conformance';
import { systemClock } from '@weft/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { OtlpOptions } from './options.js';
import { type OtelMetricsHost, openOtelMetrics } from './otel-metrics.js';
import { type CollectorAnswer, openCollector } from './otlp-collector.fixture.js';
import { recordingLogger } from './recording-logger.fixture.js';

async function openBoth(options: Partial<OtlpOptions> & { answer?: CollectorAnswer } = {}, host: OtelMetricsHost = {}) {
  const { answer, ...otlp } = options;
  const collector = await openCollector(answer);
  onTestFinished(() => collector.close());
  const opened = await openOtelMetrics(
    {
      prometheus: false,
      runtime: false,
      serviceName: 'user-service',
      resource: { 'service.version': '1.2.3' },
      otlp: { url: collector.url, ...otlp },
    },
    host,
  );
  onTestFinished(() => opened.close());
  return { ...opened, collector };
}

/** What `run` takes, in ms. */
async function durationOf(run: () => Promise<void>): Promise<number> {
  const startedAt = systemClock.now();
  await run();
  return systemClock.now() - startedAt;
}

describe('what a collector receives over OTLP', () => {
  it('is every metric under its own name, with its labels as they are', async () => {
    const { metrics, flush, collector } = await openBoth();
    metrics.increment('service.requests', { method: 'GET', path: '/users/:id', status: '200', status_class: '2xx' }, 3);
    metrics.histogram('service.response_time', 0.012, { method: 'GET', path: '/users/:id' });
    metrics.histogram('service.response_time', 20, { path: '/users/:id', method: 'GET' });
    metrics.gauge('queue.depth', -2, { 'queue.name': 'mail' });
    await flush();
    const received = collector.pushes[0]?.metrics;
    expect(received?.get('service.requests')).toEqual({
      name: 'service.requests',
      description: 'Requests that the service has answered.',
      unit: '{request}',
      kind: 'sum',
      points: [{ attributes: { method: 'GET', path: '/users/:id', status: '200', status_class: '2xx' }, value: 3 }],
    });
    expect(received?.get('service.response_time')).toMatchObject({
      unit: 's',
      kind: 'histogram',
      points: [
        {
          attributes: { method: 'GET', path: '/users/:id' },
          value: 20.012,
          bounds: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
          buckets: [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        },
      ],
    });
    expect(received?.get('queue.depth')).toMatchObject({
      kind: 'gauge',
      points: [{ attributes: { 'queue.name': 'mail' }, value: -2 }],
    });
  });

  it('says which process it is from', async () => {
    const { flush, collector } = await openBoth({ headers: { 'x-token': 'secret' } });
    await flush();
    expect(collector.pushes[0]).toMatchObject({
      path: '/v1/metrics',
      headers: { 'content-type': 'application/x-protobuf', 'x-token': 'secret' },
      resource: { 'service.name': 'user-service', 'service.version': '1.2.3', 'telemetry.sdk.name': 'opentelemetry' },
    });
  });

  it('goes to the path of the URL when it has one', async () => {
    const elsewhere = await openCollector();
    onTestFinished(() => elsewhere.close());
    const { flush } = await openBoth({ url: `${elsewhere.url}/ingest?key=1` });
    await flush();
    expect(elsewhere.pushes[0]?.path).toBe('/ingest?key=1');
  });

  it('comes at the interval, and sums go on from push to push', async () => {
    const clock = virtualClock();
    const { metrics, collector } = await openBoth({ interval: '15s' }, { clock });
    for (const pushes of [1, 2]) {
      metrics.increment('jobs');
      await clock.advance(15_000);
      await expect.poll(() => collector.pushes.length).toBe(pushes);
    }
    expect(collector.pushes.map(({ metrics }) => metrics.get('jobs')?.points[0]?.value)).toEqual([1, 2]);
  });

  it('is sent a last time at the end', async () => {
    const { metrics, close, collector } = await openBoth();
    metrics.increment('jobs');
    await close();
    expect(collector.pushes.at(-1)?.metrics.get('jobs')?.points[0]?.value).toBe(1);
  });
});

describe('a collector whose URL is empty', () => {
  it('is none: nothing is pushed, so that a config can leave it to the environment', async () => {
    const { logger, lines } = recordingLogger();
    const { metrics, flush, close, collector } = await openBoth({ url: '', interval: '1s' }, { logger });
    metrics.increment('jobs');
    await flush();
    await close();
    expect([collector.pushes, lines]).toEqual([[], []]);
  });
});

describe('a collector that fails', () => {
  it.each([400, 500, 503])('with %i is logged once, without the secrets of its URL and of its headers', async (status) => {
    const { logger, lines } = recordingLogger();
    const { collector, flush } = await openBoth({ answer: () => status }, { logger });
    const url = collector.url.replace('//', '//user:pass@');
    const other = await openOtelMetrics(
      { prometheus: false, otlp: { url: `${url}/v1/metrics?key=hidden`, headers: { 'x-token': 'hidden' } } },
      { logger },
    );
    await Promise.all([other.flush(), flush()]);
    await other.close();
    expect(lines).toHaveLength(2);
    expect(lines.join()).not.toMatch(/pass|hidden/);
    expect(lines[0]).toContain(`"address":"${collector.url}/v1/metrics"`);
  });

  it('that is not there costs no call anything, and the end at most 2 s', async () => {
    const { url, close: end } = await openCollector();
    await end();
    const { metrics, flush, close } = await openBoth({ url });
    metrics.increment('jobs');
    expect(await durationOf(flush)).toBeLessThan(4_000);
    expect(await durationOf(close)).toBeLessThan(4_000);
  });

  it('that never answers is waited for 2 s', async () => {
    const { close, collector } = await openBoth({ answer: () => 0 });
    expect(await durationOf(close)).toBeLessThan(4_000);
    expect(collector.pushes).toHaveLength(1);
  });

  it('and comes back is sent everything that was counted meanwhile', async () => {
    const { logger, lines } = recordingLogger();
    let status = 400;
    const { metrics, flush, collector } = await openBoth({ answer: () => status }, { logger });
    metrics.increment('jobs');
    await flush();
    metrics.increment('jobs');
    status = 200;
    await flush();
    expect(collector.pushes.at(-1)?.metrics.get('jobs')?.points[0]?.value).toBe(2);
    expect(lines.map((line) => line.split(' {')[0])).toEqual([
      'warn metrics cannot be sent; trying on',
      'info metrics are sent again',
    ]);
  });
});
