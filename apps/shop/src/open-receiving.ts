import { OtlpReceiver, type ReceivedSpan, readMetrics } from '@weft-tooling/servers';
import type { Telemetry } from './telemetry.js';
import type { TraceSpan } from './trace-tree.js';

const METRICS = '/v1/metrics';

/** The tour itself is the collector: it takes OTLP from the processes of the shop. */
export async function openReceiving(): Promise<Telemetry & { readonly receiver: OtlpReceiver }> {
  const receiver = await OtlpReceiver.open();
  return {
    receiver,
    reporter: { type: 'otlp', url: receiver.url },
    sampler: 0,
    told: [],
    spansOf: async (traceId) => receiver.spans.filter((span) => span.traceId === traceId).map(toTraceSpan),
    pushedMetrics: () => receiver.requests.filter(({ path }) => path === METRICS).flatMap(({ body }) => readMetrics(body)),
    close: () => receiver.close(),
  };
}

function toTraceSpan({
  spanId,
  parentSpanId,
  name,
  startNanos,
  endNanos,
  attributes,
  resource,
  status,
}: ReceivedSpan): TraceSpan {
  const service = String(resource['service.name']);
  return {
    id: spanId,
    parent: parentSpanId || undefined,
    name,
    service,
    process: String(resource['service.instance.id'] ?? service),
    startAt: millisOf(startNanos),
    durationMs: millisOf(endNanos - startNanos),
    status: String(attributes['http.response.status_code'] ?? ''),
    failed: status.code === 'error',
  };
}

function millisOf(nanos: bigint): number {
  return Number(nanos / 1_000n) / 1_000;
}
