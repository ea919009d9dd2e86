import type { TraceContext } from '@weft/core';

/** Version, trace id, span id, flags, each where it always is; the ids are not all zero. */
const FORM = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;
const LENGTH = 55;
const MAX_LENGTH = 512;
const SAMPLED_BIT = 1;

/**
 * The position that a `traceparent` header names, or undefined when the header is not a valid one and a new trace starts.
 * Versions above 00 are read as if they were 00 with something behind it.
 *
 * Source: W3C Trace Context, level 1, section 3.2.
 */
export function parseTraceparent(value: string): TraceContext | undefined {
  if (value.length > MAX_LENGTH || !FORM.test(value)) return undefined;
  if (value.length > LENGTH && value.startsWith('00')) return undefined;
  const flags = Number.parseInt(value.slice(53, LENGTH), 16);
  return { traceId: value.slice(3, 35), spanId: value.slice(36, 52), sampled: (flags & SAMPLED_BIT) === SAMPLED_BIT };
}

/** The `traceparent` header of a position, in version 00. */
export function formatTraceparent(context: TraceContext): string {
  return `00-${context.traceId}-${context.spanId}${context.sampled ? '-01' : '-00'}`;
}
