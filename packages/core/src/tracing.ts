/** A position in a trace, as W3C Trace Context passes it on. */
export interface TraceContext {
  /** 32 hex digits, not all zero. */
  readonly traceId: string;
  /** 16 hex digits, not all zero. */
  readonly spanId: string;
  /** Whether somebody records this trace. */
  readonly sampled: boolean;
  /** The `tracestate` header, passed on unchanged. */
  readonly state?: string | undefined;
}

/** A piece of work in a trace, with the seed's verbs (S94-S96). */
export interface Span {
  /** Where it stands in its trace. */
  readonly context: TraceContext;
  /** Says something about the work. */
  setTag(key: string, value: string | number | boolean): this;
  /** Records an event at this instant. */
  logKV(key: string, value: string | number | boolean): this;
  /** Ends the span; only the first call counts. */
  finish(): void;
}

/** What makes spans. */
export interface Tracer {
  /** A child of `parent`; without one, of the request that is being handled; else a root. */
  startSpan(name: string, parent?: Span | TraceContext): Span;
}
