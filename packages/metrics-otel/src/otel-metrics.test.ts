import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { OtelMetricsOptions } from './options.js';
import { type OtelMetricsHost, openOtelMetrics } from './otel-metrics.js';

async function open(options: OtelMetricsOptions = {}, host: OtelMetricsHost = {}) {
  const opened = await openOtelMetrics({ prometheus: { port: 0 }, runtime: false, ...options }, host);
  onTestFinished(() => opened.close());
  return opened;
}

/** The lines of one metric, without its buckets. */
function linesOf(text: string, name: string): string[] {
  return text.split('\n').filter((line) => line.includes(` ${name} `) || (line.startsWith(name) && !line.includes('_bucket{')));
}

describe("the seed's metrics in Prometheus' text", () => {
  it('service.requests counts answers by method, path and status (S159)', async () => {
    const { metrics, scrape } = await open();
    metrics.increment('service.requests', { method: 'GET', path: '/users/:id', status: '200', status_class: '2xx' });
    expect(linesOf(await scrape(), 'service_requests_total')).toEqual([
      '# HELP service_requests_total Requests that the service has answered.',
      '# TYPE service_requests_total counter',
      'service_requests_total{method="GET",path="/users/:id",status="200",status_class="2xx"} 1',
    ]);
  });

  it('service.response_time is a distribution of seconds by method and path (S160)', async () => {
    const { metrics, scrape } = await open();
    metrics.histogram('service.response_time', 0.012, { method: 'GET', path: '/users/:id' });
    expect(linesOf(await scrape(), 'service_response_time_seconds')).toEqual([
      '# HELP service_response_time_seconds How long the service took to answer, in seconds.',
      '# TYPE service_response_time_seconds histogram',
      'service_response_time_seconds_sum{method="GET",path="/users/:id"} 0.012',
      'service_response_time_seconds_count{method="GET",path="/users/:id"} 1',
    ]);
  });

  it('service.errors counts failed answers by method and path (S161)', async () => {
    const { metrics, scrape } = await open();
    metrics.increment('service.errors', { method: 'GET', path: '/users/:id' });
    expect(linesOf(await scrape(), 'service_errors_total').at(-1)).toBe('service_errors_total{method="GET",path="/users/:id"} 1');
  });

  it('service.calls counts calls by target, method, path and success (S162)', async () => {
    const { metrics, scrape } = await open();
    metrics.increment('service.calls', { target_service: 'orders', method: 'GET', path: '/orders/:id', success: 'true' });
    expect(linesOf(await scrape(), 'service_calls_total').at(-1)).toBe(
      'service_calls_total{method="GET",path="/orders/:id",success="true",target_service="orders"} 1',
    );
  });

  it('service.call_duration is a distribution of seconds by target (S163)', async () => {
    const { metrics, scrape } = await open();
    metrics.histogram('service.call_duration', 0.02, { target_service: 'orders' });
    expect(linesOf(await scrape(), 'service_call_duration_seconds').slice(-2)).toEqual([
      'service_call_duration_seconds_sum{target_service="orders"} 0.02',
      'service_call_duration_seconds_count{target_service="orders"} 1',
    ]);
  });

  it('durations fall into buckets from 5 ms to 10 s', async () => {
    const { metrics, scrape } = await open();
    metrics.histogram('service.response_time', 0.02);
    const bounds = [...(await scrape()).matchAll(/_bucket\{le="([^"]+)"\} (\d+)/g)].map(([, bound, count]) => [bound, count]);
    expect(bounds.slice(0, 3)).toEqual([
      ['0.005', '0'],
      ['0.01', '0'],
      ['0.025', '1'],
    ]);
    expect(bounds.slice(-2)).toEqual([
      ['10', '1'],
      ['+Inf', '1'],
    ]);
  });
});

describe('openOtelMetrics', () => {
  it('serves at its endpoint what scrape gives, on 127.0.0.1', async () => {
    const { metrics, scrape, url } = await open({ serviceName: 'user-service', resource: { 'service.version': '1.2.3' } });
    metrics.increment('jobs');
    const text = await (await fetch(String(url))).text();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    expect(text).toBe(await scrape());
    expect(text).toContain('target_info{service_name="user-service",service_version="1.2.3"} 1\n');
  });

  it('has functions that can be passed on by themselves', async () => {
    const { metrics, scrape } = await open();
    const { increment, histogram, gauge } = metrics;
    increment('a.count');
    histogram('a.size', 1);
    gauge('a.depth', 2);
    expect(await scrape()).toMatch(/^a_count_total 1\n[\s\S]*^a_size_count 1\n[\s\S]*^a_depth 2\n/m);
  });

  it('measures the process itself unless told not to', async () => {
    const { scrape } = await open({ runtime: true });
    await pause(60);
    const names = [...(await scrape()).matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'nodejs_eventloop_delay_p99_seconds gauge',
        'nodejs_eventloop_time_seconds_total counter',
        'process_cpu_time_seconds_total counter',
        'process_memory_usage_bytes gauge',
        'process_uptime_seconds gauge',
        'v8js_memory_heap_used_bytes gauge',
      ]),
    );
    expect(await (await open()).scrape()).toBe('');
  });

  it('shows in its own metrics that the event loop was blocked (R5)', async () => {
    const { url } = await open({ runtime: true });
    await pause(60);
    const until = performance.now() + 1_200;
    while (performance.now() < until);
    const [, max] = /^nodejs_eventloop_delay_max_seconds (\S+)$/m.exec(await (await fetch(String(url))).text()) ?? [];
    expect(Number(max)).toBeGreaterThan(1);
  });

  it('needs no endpoint', async () => {
    const { metrics, scrape, url } = await open({ prometheus: false });
    metrics.increment('jobs');
    expect(url).toBeUndefined();
    expect(await scrape()).toContain('jobs_total 1');
  });

  it('refuses a port that is in use', async () => {
    const { url } = await open();
    const port = Number(new URL(String(url)).port);
    await expect(openOtelMetrics({ prometheus: { port } })).rejects.toMatchObject({ code: 'WEFT_CONFLICT' });
  });

  it('refuses options that are wrong', async () => {
    await expect(openOtelMetrics({ maxSeries: 0 })).rejects.toMatchObject({ code: 'WEFT_CONFIG_INVALID' });
  });

  it('can be closed twice, frees its port, and takes observations after that without a word', async () => {
    const { metrics, url, close, flush } = await open({ runtime: true });
    await Promise.all([close(), close()]);
    await close();
    await flush();
    expect(() => metrics.increment('jobs')).not.toThrow();
    await (await openOtelMetrics({ prometheus: { port: Number(new URL(String(url)).port) } })).close();
  });
});
