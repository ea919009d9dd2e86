import type { Span, TraceContext } from '@weft/core';
import type { KindTracer, SpanKind } from '@weft/tracing';

/** What a span was told. */
export interface RecordedSpan {
  readonly name: string;
  readonly parent: Span | TraceContext | undefined;
  readonly kind: SpanKind | undefined;
  readonly tags: Record<string, string | number | boolean>;
  isFinished: boolean;
}

/** A tracer that keeps its spans, in the order in which they were started. */
export function recordingTracer(): { readonly tracer: KindTracer; readonly spans: RecordedSpan[] } {
  const spans: RecordedSpan[] = [];
  const startSpan = (name: string, parent?: Span | TraceContext, kind?: SpanKind): Span => {
    const record: RecordedSpan = { name, parent, kind, tags: {}, isFinished: false };
    spans.push(record);
    const spanId = String(spans.length).padStart(16, '0');
    const span: Span = {
      context: { traceId: '1'.padStart(32, '0'), spanId, sampled: true },
      setTag(key, value) {
        record.tags[key] = value;
        return span;
      },
      logKV: () => span,
      finish: () => {
        record.isFinished = true;
      },
    };
    return span;
  };
  return { tracer: { startSpan }, spans };
}
