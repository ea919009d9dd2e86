import { openOtelTracing } from '@weft/tracing-otel';
import { OtlpReceiver } from '@weft-tooling/servers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openForwarding } from './open-forwarding.js';
import type { Telemetry } from './telemetry.js';

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
