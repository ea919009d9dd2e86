import type { ReceivedSpan } from '@weft-tooling/servers';

/** What matters of a span, whoever tells it. */
export interface TracedSpan {
  readonly traceId: string;
  readonly id: string;
  /** Undefined for a root. */
  readonly parentId?: string | undefined;
  /** In lower case; `internal` has none in Zipkin. */
  readonly kind: string;
  /** In lower case, as Zipkin has it. */
  readonly name: string;
  readonly service: string;
}

/** A span as Zipkin's API gives it. */
export interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly kind?: string;
  readonly name: string;
  readonly localEndpoint: { readonly serviceName: string };
  readonly tags?: Readonly<Record<string, string>>;
}

/** A span of the OTLP receiver. */
export function fromOtlp({ traceId, spanId, parentSpanId, kind, name, resource }: ReceivedSpan): TracedSpan {
  const service = String(resource['service.name']);
  return { traceId, id: spanId, parentId: parentSpanId || undefined, kind, name: name.toLowerCase(), service };
}

/** A span of Zipkin's API. */
export function fromZipkin({ traceId, id, parentId, kind, name, localEndpoint }: ZipkinSpan): TracedSpan {
  return { traceId, id, parentId, kind: kind?.toLowerCase() ?? 'internal', name, service: localEndpoint.serviceName };
}

/** The spans of one trace as an indented list, children below their parents; those whose parent is missing stand at the left. */
export function outlineOf(spans: readonly TracedSpan[]): readonly string[] {
  const ids = new Set(spans.map(({ id }) => id));
  const roots = spans.filter(({ parentId }) => parentId === undefined || !ids.has(parentId));
  const below = (parents: readonly TracedSpan[], depth: number): readonly string[] =>
    parents
      .map((span) => ({ span, line: `${'  '.repeat(depth)}${span.service}: ${span.kind} ${span.name}` }))
      .sort((a, b) => a.line.localeCompare(b.line))
      .flatMap(({ span, line }) => [
        line,
        ...below(
          spans.filter(({ parentId }) => parentId === span.id),
          depth + 1,
        ),
      ]);
  return below(roots, 0);
}
