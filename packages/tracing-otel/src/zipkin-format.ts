import { type Attributes, type AttributeValue, type HrTime, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { HTTP_ATTRIBUTES } from '@weft/tracing';
import type { SpanFormat } from './http-reporter.js';

/**
 * Zipkin's JSON. Unlike OpenTelemetry's own exporter it keeps what `logKV` said, says whom a client span calls, and gives
 * the tag `error` to failed spans only: Zipkin shows every span red that has one, whatever its value.
 *
 * Source: Zipkin API v2, `POST /api/v2/spans`; OpenTelemetry, "Transform to Zipkin".
 */
export const zipkinFormat: SpanFormat = {
  contentType: 'application/json',
  encode: (spans) => JSON.stringify(spans.map(toZipkinSpan)),
};

const KINDS: Readonly<Record<SpanKind, string | undefined>> = {
  [SpanKind.INTERNAL]: undefined,
  [SpanKind.SERVER]: 'SERVER',
  [SpanKind.CLIENT]: 'CLIENT',
  [SpanKind.PRODUCER]: 'PRODUCER',
  [SpanKind.CONSUMER]: 'CONSUMER',
};

function toZipkinSpan(span: ReadableSpan): object {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    id: spanId,
    parentId: span.parentSpanContext?.spanId,
    name: span.name,
    kind: KINDS[span.kind],
    timestamp: microsOf(span.startTime),
    duration: Math.max(1, microsOf(span.duration)),
    localEndpoint: { serviceName: String(span.resource.attributes['service.name']) },
    remoteEndpoint: remoteEndpointOf(span),
    tags: tagsOf(span),
    annotations: span.events.map(({ name, time, attributes }) => ({
      timestamp: microsOf(time),
      value: attributes && Object.keys(attributes).length > 0 ? `"${name}": ${JSON.stringify(attributes)}` : name,
    })),
  };
}

function remoteEndpointOf({ kind, attributes }: ReadableSpan): object | undefined {
  const serviceName = attributes['peer.service'] ?? attributes[HTTP_ATTRIBUTES.serverAddress];
  const port = attributes[HTTP_ATTRIBUTES.serverPort];
  if (kind !== SpanKind.CLIENT && kind !== SpanKind.PRODUCER) return undefined;
  return serviceName === undefined ? undefined : { serviceName, port };
}

function tagsOf({ attributes, resource, status }: ReadableSpan): Record<string, string> {
  const { 'service.name': _, ...facts } = resource.attributes;
  const { error, ...tags }: Attributes = { ...facts, ...attributes };
  const plain = Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, asText(value)]));
  if (status.code !== SpanStatusCode.ERROR) return plain;
  return { ...plain, 'otel.status_code': 'ERROR', error: status.message ?? asText(error ?? true) };
}

function asText(value: AttributeValue | undefined): string {
  return Array.isArray(value) ? JSON.stringify(value) : String(value);
}

function microsOf([seconds, nanos]: HrTime): number {
  return seconds * 1_000_000 + Math.round(nanos / 1_000);
}
