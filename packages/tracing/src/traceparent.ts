import type { TraceContext } from '@weft/core';

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const MAX_LENGTH = 512;
const SAMPLED_BIT = 1;

/**
 * The position that a `traceparent` header names, or undefined when the header is not a valid one and a new trace starts.
 * Versions above 00 are read as if they were 00 with something behind it.
 *
 * Source: W3C Trace Context, level 1, section 3.2.
 */
export function parseTraceparent(value: string): TraceContext | undefined {
  if (value.length > MAX_LENGTH) return undefined;
  const [, version, traceId, spanId, flags, rest] = FORM.exec(value) ?? [];
  if (!version || !traceId || !spanId || !flags) return undefined;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED_BIT) === SAMPLED_BIT };
}

/** The `traceparent` header of a position, in version 00. */
export function formatTraceparent(context: TraceContext): string {
  return `00-${context.traceId}-${context.spanId}${context.sampled ? '-01' : '-00'}`;
}
