import type { Span, TraceContext } from '@weft/core';

/** A span that records nothing and still says where in a trace it stands, so that logs and outgoing calls correlate. */
export class NoopSpan implements Span {
  /** The position it stands for. */
  readonly context: TraceContext;

  constructor(context: TraceContext) {
    this.context = context;
  }

  /** Does nothing. */
  setTag(): this {
    return this;
  }

  /** Does nothing. */
  logKV(): this {
    return this;
  }

  /** Does nothing. */
  finish(): void {}
}
