import type { TraceContext } from '@weft/core';

/** Where a caller stands in a trace, by the header that it sent. Its ids are known to be good: nobody need look at them again. */
export class RemotePosition implements TraceContext {
  /** 32 hex digits, not all zero. */
  readonly traceId: string;
  /** 16 hex digits, not all zero. */
  readonly spanId: string;
  /** Whether somebody records this trace. */
  readonly sampled: boolean;
  /** The `tracestate` header, if it sent one. */
  readonly state: string | undefined;

  constructor(traceId: string, spanId: string, sampled: boolean, state?: string) {
    this.traceId = traceId;
    this.spanId = spanId;
    this.sampled = sampled;
    this.state = state;
  }
}
