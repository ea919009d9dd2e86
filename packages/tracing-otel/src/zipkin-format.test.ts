import { ZipkinExporter } from '@opentelemetry/exporter-zipkin';
import { OtlpReceiver } from '@weft-tooling/servers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endedSpans } from '../test/ended-spans.js';
import { openOtelTracing } from './driver.js';
import { zipkinFormat } from './zipkin-format.js';

interface ZipkinSpan {
  readonly tags: Readonly<Record<string, string>>;
  readonly annotations?: readonly { readonly value: string }[];
  readonly [field: string]: unknown;
}

/** Reports what `trace` traces to a collector at Zipkin's path. */
async function reported(trace: (tracer: ReturnType<typeof openOtelTracing>['tracer']) => void): Promise<ZipkinSpan[]> {
  const receiver = await OtlpReceiver.open();
  onTestFinished(() => receiver.close());
  const reporter = { type: 'zipkin', url: receiver.url } as const;
  const tracing = openOtelTracing({ serviceName: 'user-service', reporter, resource: { shard: 3 } });
  trace(tracing.tracer);
  await tracing.close();
  const [request] = receiver.requests;
  expect(request).toMatchObject({ path: '/api/v2/spans', headers: { 'content-type': 'application/json' } });
  return JSON.parse(String(request?.body)) as ZipkinSpan[];
}

describe('Zipkin', () => {
  it('gets spans with ids, instants in microseconds and the service that they came from', async () => {
    const before = Date.now() * 1_000;
    const [child, root] = await reported((tracer) => {
      const span = tracer.startSpan('GET /users', undefined, 'server');
      tracer.startSpan('select', span).finish();
      span.finish();
    });
    expect(root).toMatchObject({ name: 'GET /users', kind: 'SERVER', localEndpoint: { serviceName: 'user-service' } });
    expect(root).not.toHaveProperty('parentId');
    expect(child).toMatchObject({ name: 'select', parentId: root?.id, traceId: root?.traceId });
    expect(child).not.toHaveProperty('kind');
    expect(root?.timestamp).toBeGreaterThanOrEqual(before);
    expect(root?.duration).toBeGreaterThanOrEqual(1);
  });

  it('shows what was logged, and whom a client span calls', async () => {
    const [span] = await reported((tracer) => {
      const call = tracer.startSpan('GET users', undefined, 'client').setTag('peer.service', 'users').setTag('server.port', 8080);
      call.logKV('error', 'Validation failed').finish();
    });
    expect(span?.annotations?.map(({ value }) => value)).toEqual(['"error": {"error":"Validation failed"}']);
    expect(span).toMatchObject({ kind: 'CLIENT', remoteEndpoint: { serviceName: 'users', port: 8080 } });
  });

  it('gives the tag error to failed spans only', async () => {
    const spans = await reported((tracer) => {
      tracer.startSpan('failed').setTag('error', true).finish();
      tracer.startSpan('not failed').setTag('error', false).setTag('shard', 4).finish();
    });
    expect(spans[0]?.tags).toMatchObject({ error: 'true', 'otel.status_code': 'ERROR', shard: '3' });
    expect(spans[1]?.tags).toMatchObject({ shard: '4' });
    expect(spans[1]?.tags).not.toHaveProperty('error');
  });

  it('agrees with OpenTelemetry’s own exporter on all else', async () => {
    const receiver = await OtlpReceiver.open();
    onTestFinished(() => receiver.close());
    const spans = endedSpans(3);
    const exporter = new ZipkinExporter({ url: `${receiver.url}/api/v2/spans` });
    await new Promise((resolve) => exporter.export(spans, resolve));
    const theirs = JSON.parse(String(receiver.requests[0]?.body)) as ZipkinSpan[];
    const ours = JSON.parse(String(zipkinFormat.encode(spans))) as ZipkinSpan[];
    const comparable = ({ tags: { 'service.name': _, ...tags }, annotations: __, duration: ___, ...span }: ZipkinSpan) => {
      const { words, numbers, flags, none, ...plain } = tags;
      return { ...span, plain };
    };
    expect(ours.map(comparable)).toEqual(theirs.map(comparable));
  });
});
