import { type Span as ApiSpan, type SpanContext, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { Span, TraceContext } from '@weft/core';

/** The seed's verbs over a span of the OpenTelemetry API. Never throws, whatever the SDK behind it does. */
export class OtelSpan implements Span {
  /** Where in the trace the span stands. */
  readonly context: TraceContext;
  /** The position as OpenTelemetry holds it, for children. */
  readonly spanContext: SpanContext;
  #span: ApiSpan | undefined;

  constructor(span: ApiSpan) {
    this.#span = span;
    this.spanContext = span.spanContext();
    this.context = toTraceContext(this.spanContext);
  }

  /** An `error` tag that is true also marks the span as failed, which is what back ends look at. */
  setTag(key: string, value: string | number | boolean): this {
    return this.#tell((span) => {
      span.setAttribute(key, value);
      if (key === 'error' && value === true) span.setStatus({ code: SpanStatusCode.ERROR });
    });
  }

  /** Records an event named `key`, with the value as its attribute. */
  logKV(key: string, value: string | number | boolean): this {
    return this.#tell((span) => span.addEvent(key, { [key]: value }));
  }

  /** Ends the span; only the first call counts. */
  finish(): void {
    this.#tell((span) => {
      this.#span = undefined;
      span.end();
    });
  }

  #tell(what: (span: ApiSpan) => void): this {
    try {
      if (this.#span) what(this.#span);
    } catch {
      // Telemetry that fails must not fail the work it describes.
    }
    return this;
  }
}

function toTraceContext({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext {
  const sampled = (traceFlags & TraceFlags.SAMPLED) === TraceFlags.SAMPLED;
  const state = traceState?.serialize();
  return state ? { traceId, spanId, sampled, state } : { traceId, spanId, sampled };
}
