import type { Attributes, AttributeValue, HrTime, SpanStatus } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace-base';
import type { SpanFormat } from './http-reporter.js';
import { ProtobufWriter } from './protobuf-writer.js';

const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;
/** The length of most spans takes two bytes: 128 to 16,383. */
const SPAN_LENGTH_BYTES = 2;
/** A second in units of 512 ns: so many of them, for any date, still are a whole number to the last digit. */
const UNITS_PER_SECOND = 1_953_125;
const NANOS_PER_UNIT = 512;
const UNITS_PER_HALF = 2 ** 32 / NANOS_PER_UNIT;

/**
 * OTLP as protobuf: an `ExportTraceServiceRequest`. The numbers are those of its fields.
 *
 * Source: opentelemetry-proto 1.5, `trace/v1/trace.proto`, `common/v1/common.proto`.
 */
export const otlpFormat: SpanFormat = { contentType: 'application/x-protobuf', encode };

type Link = ReadableSpan['links'][number];
type Scope = ReadableSpan['instrumentationScope'];

function encode(spans: readonly ReadableSpan[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const group of groupBy(spans, (span) => span.resource)) writer.message(1, group, writeResourceSpans);
  return writer.take();
}

function groupBy<K>(spans: readonly ReadableSpan[], keyOf: (span: ReadableSpan) => K): Iterable<readonly ReadableSpan[]> {
  const groups = new Map<K, ReadableSpan[]>();
  for (const span of spans) {
    const group = groups.get(keyOf(span));
    if (group) group.push(span);
    else groups.set(keyOf(span), [span]);
  }
  return groups.values();
}

function writeResourceSpans(writer: ProtobufWriter, spans: readonly ReadableSpan[]): void {
  writer.message(1, spans[0]?.resource.attributes ?? {}, writeResource);
  for (const group of groupBy(spans, (span) => span.instrumentationScope)) writer.message(2, group, writeScopeSpans);
}

function writeResource(writer: ProtobufWriter, attributes: Attributes): void {
  writeAttributes(writer, 1, attributes);
}

function writeScopeSpans(writer: ProtobufWriter, spans: readonly ReadableSpan[]): void {
  writer.message(1, spans[0]?.instrumentationScope ?? { name: '' }, writeScope);
  for (const span of spans) writer.message(2, span, writeSpan, SPAN_LENGTH_BYTES);
}

function writeScope(writer: ProtobufWriter, { name, version }: Scope): void {
  writer.string(1, name);
  if (version) writer.string(2, version);
}

function writeSpan(writer: ProtobufWriter, span: ReadableSpan): void {
  const { traceId, spanId, traceState, traceFlags } = span.spanContext();
  const parent = span.parentSpanContext;
  writer.hex(1, traceId);
  writer.hex(2, spanId);
  const state = traceState?.serialize();
  if (state) writer.string(3, state);
  if (parent) writer.hex(4, parent.spanId);
  writer.string(5, span.name);
  writer.integer(6, span.kind + 1);
  writeInstant(writer, 7, span.startTime);
  writeInstant(writer, 8, span.endTime);
  writeAttributes(writer, 9, span.attributes);
  writeCount(writer, 10, span.droppedAttributesCount);
  for (const event of span.events) writer.message(11, event, writeEvent);
  writeCount(writer, 12, span.droppedEventsCount);
  for (const link of span.links) writer.message(13, link, writeLink);
  writeCount(writer, 14, span.droppedLinksCount);
  writer.message(15, span.status, writeStatus);
  writer.fixed32(16, flagsOf(traceFlags, parent?.isRemote));
}

function writeEvent(writer: ProtobufWriter, event: TimedEvent): void {
  writeInstant(writer, 1, event.time);
  writer.string(2, event.name);
  writeAttributes(writer, 3, event.attributes ?? {});
  writeCount(writer, 4, event.droppedAttributesCount);
}

function writeLink(writer: ProtobufWriter, { context, attributes, droppedAttributesCount }: Link): void {
  writer.hex(1, context.traceId);
  writer.hex(2, context.spanId);
  const state = context.traceState?.serialize();
  if (state) writer.string(3, state);
  writeAttributes(writer, 4, attributes ?? {});
  writeCount(writer, 5, droppedAttributesCount);
  writer.fixed32(6, flagsOf(context.traceFlags, context.isRemote));
}

function writeStatus(writer: ProtobufWriter, { code, message }: SpanStatus): void {
  if (message) writer.string(2, message);
  writeCount(writer, 3, code);
}

function writeAttributes(writer: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined) writer.pair(field, key, value, writeAttribute);
  }
}

function writeAttribute(writer: ProtobufWriter, key: string, value: AttributeValue): void {
  writer.string(1, key);
  writer.message(2, value, writeValue);
}

function writeValue(writer: ProtobufWriter, value: AttributeValue | null | undefined): void {
  if (typeof value === 'string') writer.string(1, value);
  else if (typeof value === 'boolean') writer.boolean(2, value);
  else if (typeof value === 'number') writeNumber(writer, value);
  else if (Array.isArray(value)) writer.message(5, value, writeList);
}

function writeNumber(writer: ProtobufWriter, value: number): void {
  if (Number.isSafeInteger(value)) writer.integer(3, value);
  else writer.double(4, value);
}

function writeList(writer: ProtobufWriter, values: readonly (string | number | boolean | null | undefined)[]): void {
  for (const value of values) writer.message(1, value, writeValue);
}

/** What is 0 need not be said. */
function writeCount(writer: ProtobufWriter, field: number, count: number | undefined): void {
  if (count) writer.integer(field, count);
}

/** Nanoseconds since 1970: more than a number can say, and a BigInt takes four times as long. */
function writeInstant(writer: ProtobufWriter, field: number, [seconds, nanos]: HrTime): void {
  const units = seconds * UNITS_PER_SECOND;
  const low = (units % UNITS_PER_HALF) * NANOS_PER_UNIT + nanos;
  const carry = low >= 2 ** 32 ? 1 : 0;
  writer.fixed64(field, Math.floor(units / UNITS_PER_HALF) + carry, low);
}

function flagsOf(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0);
}
