import { type SpanContext, TraceFlags } from '@opentelemetry/api';
import type { TraceContext } from '@weft/core';

/**
 * Where a recorded span of this process stands. It remembers the form that OpenTelemetry knows it by: a child made of it,
 * even by way of the ambient context, is known to have a local parent.
 */
export class LocalPosition implements TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Whether it was sampled when it began. */
  readonly sampled: boolean;
  /** The `tracestate` of the trace, if it has one. */
  readonly state: string | undefined;
  readonly #spanContext: SpanContext;

  constructor(spanContext: SpanContext) {
    this.#spanContext = spanContext;
    this.traceId = spanContext.traceId;
    this.spanId = spanContext.spanId;
    this.sampled = (spanContext.traceFlags & TraceFlags.SAMPLED) === TraceFlags.SAMPLED;
    this.state = spanContext.traceState?.serialize() || undefined;
  }

  /** The same for OpenTelemetry. */
  get spanContext(): SpanContext {
    return this.#spanContext;
  }
}
