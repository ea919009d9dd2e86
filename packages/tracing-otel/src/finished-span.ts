import { type AttributeValue, type HrTime, SpanKind as SpanKinds, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { SpanKind } from '@weft/tracing';

/** Something that a span logged while it ran. */
export interface SpanLog {
  /** Ms since 1970, with a fraction. */
  readonly at: number;
  /** The key that was logged. */
  readonly key: string;
  /** The value that was logged. */
  readonly value: AttributeValue | undefined;
}

/** A span that has ended, as plain data in the seed's words. */
export interface FinishedSpan {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** The span that it is a part of, in this process or another; left out for the root of a trace. */
  readonly parentSpanId?: string;
  /** What the work is called. */
  readonly name: string;
  /** What kind of work it was. */
  readonly kind: SpanKind;
  /** The `serviceName` that its process traces under. */
  readonly service: string;
  /** When it began, in ms since 1970, with a fraction. */
  readonly startedAt: number;
  /** How long it took, in ms, with a fraction. */
  readonly durationMs: number;
  /** Whether it failed: its tag `error` was true. */
  readonly isFailed: boolean;
  /** All that `setTag` said. */
  readonly tags: Readonly<Record<string, AttributeValue | undefined>>;
  /** All that `logKV` said, oldest first. */
  readonly logs: readonly SpanLog[];
}

const KINDS: Readonly<Record<SpanKinds, SpanKind>> = {
  [SpanKinds.INTERNAL]: 'internal',
  [SpanKinds.SERVER]: 'server',
  [SpanKinds.CLIENT]: 'client',
  [SpanKinds.PRODUCER]: 'producer',
  [SpanKinds.CONSUMER]: 'consumer',
};

/** The plain form of a span of the SDK. */
export function toFinishedSpan(span: ReadableSpan): FinishedSpan {
  const { traceId, spanId } = span.spanContext();
  const parent = span.parentSpanContext;
  return {
    traceId,
    spanId,
    ...(parent && { parentSpanId: parent.spanId }),
    name: span.name,
    kind: KINDS[span.kind],
    service: String(span.resource.attributes['service.name']),
    startedAt: msOf(span.startTime),
    durationMs: msOf(span.duration),
    isFailed: span.status.code === SpanStatusCode.ERROR,
    tags: { ...span.attributes },
    logs: span.events.map(({ name, time, attributes }) => ({ at: msOf(time), key: name, value: attributes?.[name] })),
  };
}

function msOf([seconds, nanos]: HrTime): number {
  return seconds * 1_000 + nanos / 1_000_000;
}
