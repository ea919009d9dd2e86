import type { Span, TraceContext, Tracer } from '@weft/core';

/**
 * What a span is to the others of its trace: the side that asks (`client`), the side that answers (`server`), the two ends
 * of a message, or work within one process.
 */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** A tracer that can be told what kind of work begins. Back ends draw their maps of services by it. */
export interface KindTracer extends Tracer {
  /** As `Tracer.startSpan`; the kind is `internal` unless set, and cannot be changed later. */
  startSpan(name: string, parent?: Span | TraceContext, kind?: SpanKind): Span;
}
