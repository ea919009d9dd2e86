import type { TraceContext } from '@weft/core';
import { RemotePosition } from './remote-position.js';

/** Version, trace id, span id, flags, each where it always is; the ids are not all zero. */
const FORM = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;
const LENGTH = 55;
const MAX_LENGTH = 512;
const NINE = 57;

/**
 * The position that a `traceparent` header names, or undefined when the header is not a valid one and a new trace starts.
 * Versions above 00 are read as if they were 00 with something behind it.
 *
 * Source: W3C Trace Context, level 1, section 3.2.
 */
export function parseTraceparent(value: string): TraceContext | undefined {
  if (value.length > MAX_LENGTH || !FORM.test(value)) return undefined;
  if (value.length > LENGTH && value.startsWith('00')) return undefined;
  return new RemotePosition(value.slice(3, 35), value.slice(36, 52), isOdd(value.charCodeAt(LENGTH - 1)));
}

/** The `traceparent` header of a position, in version 00. */
export function formatTraceparent(context: TraceContext): string {
  return `00-${context.traceId}-${context.spanId}${context.sampled ? '-01' : '-00'}`;
}

/** The last hex digit of the flags holds the bit that says sampled; `0` and `b` have even codes. */
function isOdd(code: number): boolean {
  return (code % 2 === 1) === code <= NINE;
}
