import { type Span as ApiSpan, SpanStatusCode } from '@opentelemetry/api';
import type { Span } from '@weft/core';
import { LocalPosition } from './local-position.js';

/** The seed's verbs over a span of the OpenTelemetry API. Never throws, whatever the SDK behind it does. */
export class OtelSpan implements Span {
  /** Where in the trace the span stands. */
  readonly context: LocalPosition;
  #span: ApiSpan | undefined;

  constructor(span: ApiSpan) {
    this.#span = span;
    this.context = new LocalPosition(span.spanContext());
  }

  /** An `error` tag that is true also marks the span as failed, which is what back ends look at. */
  setTag(key: string, value: string | number | boolean): this {
    try {
      this.#span?.setAttribute(key, value);
      if (key === 'error' && value === true) this.#span?.setStatus({ code: SpanStatusCode.ERROR });
    } catch {
      // As below; a closure for each tag would cost as much as the tag.
    }
    return this;
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
