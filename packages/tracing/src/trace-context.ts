import { type HeaderMap, type Random, TRACEPARENT_HEADER, TRACESTATE_HEADER, type TraceContext } from '@weft/core';
import { RemotePosition } from './remote-position.js';
import { newSpanId, newTraceId } from './trace-ids.js';
import { parseTraceparent } from './traceparent.js';
import { isTracestate } from './tracestate.js';

/**
 * The position in a trace that a request came with, or undefined when it named none or a malformed one.
 * A `traceparent` sent twice counts as absent; a `tracestate` that is too long or malformed is dropped alone.
 */
export function traceFromHeaders(headers: HeaderMap): TraceContext | undefined {
  const traceparent = headers[TRACEPARENT_HEADER];
  if (typeof traceparent !== 'string') return undefined;
  const context = parseTraceparent(traceparent);
  const sent = headers[TRACESTATE_HEADER];
  if (!context || sent === undefined) return context;
  const state = typeof sent === 'string' ? sent : sent.join(',');
  return isTracestate(state) ? new RemotePosition(context.traceId, context.spanId, context.sampled, state) : context;
}

/** The start of a new trace; not sampled, for nothing has decided so. `random` is for tests. */
export function newTrace(random?: Random): TraceContext {
  return { traceId: newTraceId(random), spanId: newSpanId(random), sampled: false };
}

/** The next position in the same trace: a new span id, all else unchanged. `random` is for tests. */
export function childOf(context: TraceContext, random?: Random): TraceContext {
  const spanId = newSpanId(random);
  const { traceId, sampled, state } = context;
  return state === undefined ? { traceId, spanId, sampled } : { traceId, spanId, sampled, state };
}
