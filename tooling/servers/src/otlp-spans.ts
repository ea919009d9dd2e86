import { Message } from './protobuf-reader.js';

/** Anything that an attribute can be. */
export type ReceivedValue = string | boolean | number | Buffer | readonly ReceivedValue[] | ReceivedAttributes | undefined;

/** Attributes by name. */
export interface ReceivedAttributes {
  readonly [name: string]: ReceivedValue;
}

/** A span as it came over the wire. */
export interface ReceivedSpan {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  /** The `tracestate` header that it goes on with. */
  readonly traceState: string;
  /** What was done, such as `GET /users/:id`. */
  readonly name: string;
  /** On which side of a call it was made. */
  readonly kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** Nanoseconds since 1970. */
  readonly startNanos: bigint;
  /** Nanoseconds since 1970. */
  readonly endNanos: bigint;
  /** What is said about it. */
  readonly attributes: ReceivedAttributes;
  /** What happened in it, oldest first. */
  readonly events: readonly { readonly atNanos: bigint; readonly name: string; readonly attributes: ReceivedAttributes }[];
  /** Other spans that it has to do with. */
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: ReceivedAttributes }[];
  /** Whether it failed. */
  readonly status: { readonly code: 'unset' | 'ok' | 'error'; readonly message: string };
  /** Whether the flags say that it was sampled. */
  readonly isSampled: boolean;
  /** Whether the flags say that its parent is in another process. */
  readonly hasRemoteParent: boolean;
  /** Attributes, events and links that it had to leave out. */
  readonly dropped: readonly [attributes: number, events: number, links: number];
  /** Name and version of what made it. */
  readonly scope: string;
  /** Facts about the process that it came from. */
  readonly resource: ReceivedAttributes;
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const CODES = ['unset', 'ok', 'error'] as const;

/**
 * The spans of an `ExportTraceServiceRequest`.
 *
 * Source: opentelemetry-proto 1.5, `collector/trace/v1/trace_service.proto` and what it imports.
 * @throws Error when the bytes are none
 */
export function readSpans(request: Buffer): readonly ReceivedSpan[] {
  return new Message(request).messages(1).flatMap((resourceSpans) => {
    const resource = readResource(resourceSpans);
    return resourceSpans.messages(2).flatMap((scopeSpans) => {
      const scope = scopeSpans.message(1);
      const origin = [scope.string(1), scope.string(2)].filter(Boolean).join(' ');
      return scopeSpans.messages(2).map((span) => ({ ...readSpan(span), scope: origin, resource }));
    });
  });
}

/** Facts about the process that a part of a report came from. */
export function readResource(part: Message): ReceivedAttributes {
  return readAttributes(part.message(1), 1);
}

function readSpan(span: Message): Omit<ReceivedSpan, 'scope' | 'resource'> {
  const status = span.message(15);
  const flags = span.number(16);
  return {
    traceId: span.hex(1),
    spanId: span.hex(2),
    traceState: span.string(3),
    parentSpanId: span.hex(4),
    name: span.string(5),
    kind: KINDS[span.number(6)] ?? 'unspecified',
    startNanos: span.bigint(7),
    endNanos: span.bigint(8),
    attributes: readAttributes(span, 9),
    events: span.messages(11).map((event) => ({
      atNanos: event.bigint(1),
      name: event.string(2),
      attributes: readAttributes(event, 3),
    })),
    links: span.messages(13).map((link) => ({
      traceId: link.hex(1),
      spanId: link.hex(2),
      attributes: readAttributes(link, 4),
    })),
    status: { code: CODES[status.number(3)] ?? 'unset', message: status.string(2) },
    isSampled: (flags & 1) === 1,
    hasRemoteParent: (flags & 0x200) !== 0,
    dropped: [span.number(10), span.number(12), span.number(14)],
  };
}

function readAttributes(message: Message, number: number): ReceivedAttributes {
  return Object.fromEntries(message.messages(number).map((pair) => [pair.string(1), readValue(pair.message(2))]));
}

function readValue(value: Message): ReceivedValue {
  if (value.has(1)) return value.string(1);
  if (value.has(2)) return value.number(2) === 1;
  if (value.has(3)) return Number(BigInt.asIntN(64, value.bigint(3)));
  if (value.has(4)) return readDouble(value.bigint(4));
  if (value.has(5)) return value.message(5).messages(1).map(readValue);
  if (value.has(6)) return readAttributes(value.message(6), 1);
  return value.has(7) ? value.bytes(7) : undefined;
}

function readDouble(bits: bigint): number {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(bits);
  return bytes.readDoubleLE();
}
