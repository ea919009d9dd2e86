import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openOtelTracing } from '@weft/tracing-otel';
import { OtlpReceiver } from '@weft-tooling/servers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openForwarding } from './open-forwarding.js';
import type { Telemetry } from './telemetry.js';

/** A field of a protobuf message; with a length of less than 128 bytes. */
const field = (number: number, ...parts: readonly Uint8Array[]) => {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
};
const text = (number: number, value: string) => field(number, Buffer.from(value));
/** An `ExportMetricsServiceRequest` of `users-1`: a sum of two points. */
const METRICS = field(
  1,
  field(1, field(1, text(1, 'service.instance.id'), field(2, text(1, 'users-1')))),
  field(2, field(2, text(1, 'service.requests'), field(7, field(1), field(1)))),
);

let collector: OtlpReceiver;

beforeEach(async () => {
  collector = await OtlpReceiver.open();
});

afterEach(() => collector.close());

async function reportTo({ reporter }: Telemetry): Promise<string> {
  const { tracer, close } = openOtelTracing({ serviceName: 'orders', reporter });
  const span = tracer.startSpan('an order', undefined, 'server').setTag('http.response.status_code', 503).setTag('error', true);
  span.finish();
  await close();
  return span.context.traceId;
}

async function reportMetrics({ metricsUrl }: Telemetry): Promise<void> {
  await fetch(`${metricsUrl}/v1/metrics`, { method: 'POST', body: METRICS });
}

describe('openForwarding', () => {
  it('passes reports on to the collector, and can show a trace meanwhile', async () => {
    const telemetry = await openForwarding(`${collector.url}/`);
    const traceId = await reportTo(telemetry);
    const [shown] = await telemetry.spansOf(traceId);
    await telemetry.close();
    expect(shown).toMatchObject({ name: 'an order', service: 'orders', process: 'orders', status: '503', failed: true });
    expect(collector.spans.map((span) => [span.traceId, span.spanId])).toEqual([[traceId, shown?.id]]);
    expect(telemetry.told.join()).toContain(`${collector.url}/v1/traces`);
  });

  it('takes metrics too, counts their points, and passes them on as they came', async () => {
    const telemetry = await openForwarding(collector.url);
    await reportMetrics(telemetry);
    expect(telemetry.pushedMetrics()).toEqual([
      { name: 'service.requests', points: 2, resource: { 'service.instance.id': 'users-1' } },
    ]);
    await telemetry.close();
    expect(collector.requests.at(-1)).toMatchObject({ path: '/v1/metrics', body: METRICS });
    expect(telemetry.told.join()).toContain(`metrics go to ${collector.url}/v1/metrics`);
  });

  it('sends no metrics to a collector that takes none, and says so', async () => {
    const traces = createServer((request, response) => {
      response.writeHead(request.url === '/v1/traces' ? 200 : 404).end();
    }).listen(0, '127.0.0.1');
    await once(traces, 'listening');
    const telemetry = await openForwarding(`http://127.0.0.1:${(traces.address() as AddressInfo).port}`);
    expect(telemetry.metricsUrl).toBeUndefined();
    expect(telemetry.told.join()).toMatch(/it takes no metrics at .*\/v1\/metrics: it answered 404/);
    await telemetry.close();
    traces.close();
  });

  it('ends in time when the collector has gone silent', async () => {
    const telemetry = await openForwarding(collector.url);
    collector.answer = 'never';
    await reportTo(telemetry);
    await reportTo(telemetry);
    await telemetry.close();
    expect(collector.spans).toEqual([]);
  });

  it('refuses where nobody takes OTLP', async () => {
    collector.answer = 404;
    await expect(openForwarding(collector.url)).rejects.toThrow(
      /no collector takes OTLP at .*it answered 404\n.*OTEL_EXPORTER_OTLP_/,
    );
  });

  it.each(['localhost:4318', 'ftp://localhost', 'http://user:secret@localhost', 'nowhere'])(
    'refuses %s as an address',
    async (url) => {
      await expect(openForwarding(url)).rejects.toThrow(/^OTEL_EXPORTER_OTLP_ENDPOINT: expected a URL with http or https/);
    },
  );
});
