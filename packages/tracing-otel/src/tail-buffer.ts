import { SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '@weft/core';
import { HTTP_ATTRIBUTES } from '@weft/tracing';
import type { TailCounts } from './tracing-stats.js';

/** Which traces are kept, and how many are held undecided. */
export interface TailSettings {
  /** Work here of at least this long is kept. */
  readonly slowMs: number;
  /** Whether failed work is kept. */
  readonly failed: boolean;
  /** Undecided traces at a time. */
  readonly maxTraces: number;
  /** Spans of each. */
  readonly maxSpans: number;
}

/** This process's part of a trace: what began with one span that has no parent here, still being worked at. */
interface LocalTrace {
  readonly rootId: string;
  readonly startedAt: number;
  spans: Span[];
  openCount: number;
  isOverfull: boolean;
  isFailed: boolean;
  verdict?: 'keep' | 'drop';
}

/**
 * Holds the spans of traces that the sampler did not choose until the first of them here, the local root, ends. If it took
 * long, or one of them failed, they go on as if they had been sampled; else they are forgotten. A span that ends after its
 * local root follows it.
 * The other processes of the trace decide for themselves: they have been told that it is not sampled.
 */
export class TailBuffer implements SpanProcessor {
  readonly #settings: TailSettings;
  readonly #clock: Clock;
  readonly #next: SpanProcessor;
  readonly #open = new Map<string, LocalTrace>();
  readonly #traces = new Set<LocalTrace>();
  #kept = 0;
  #evicted = 0;

  /** @param next takes sampled spans, and those that are kept */
  constructor(settings: TailSettings, clock: Clock, next: SpanProcessor) {
    this.#settings = settings;
    this.#clock = clock;
    this.#next = next;
  }

  /** What became of the traces so far. */
  get counts(): TailCounts {
    return { kept: this.#kept, evicted: this.#evicted };
  }

  /** Notes a span that was not chosen. */
  onStart(span: Span): void {
    if (isSampled(span)) return;
    const { spanId } = span.spanContext();
    const trace = this.#open.get(span.parentSpanContext?.spanId ?? '') ?? this.#begin(spanId);
    this.#open.set(spanId, trace);
    trace.openCount++;
    if (trace.spans.length < this.#settings.maxSpans) trace.spans.push(span);
    else trace.isOverfull = true;
  }

  /** Passes on what was chosen; holds the rest until its local root ends, and decides then. */
  onEnd(span: ReadableSpan): void {
    if (isSampled(span)) this.#next.onEnd(span);
    else this.#endUnsampled(span);
  }

  /** As the next processor. */
  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  /** Forgets what is undecided, and shuts the next processor down. */
  shutdown(): Promise<void> {
    this.#open.clear();
    this.#traces.clear();
    return this.#next.shutdown();
  }

  #endUnsampled(span: ReadableSpan): void {
    const { spanId } = span.spanContext();
    const trace = this.#open.get(spanId);
    if (!trace) return;
    this.#open.delete(spanId);
    trace.openCount--;
    if (isFailed(span)) trace.isFailed = true;
    if (spanId === trace.rootId) this.#decide(trace);
    if (trace.verdict) this.#release(trace);
  }

  #begin(rootId: string): LocalTrace {
    const startedAt = this.#clock.now();
    const trace: LocalTrace = { rootId, startedAt, spans: [], openCount: 0, isOverfull: false, isFailed: false };
    this.#traces.add(trace);
    if (this.#traces.size > this.#settings.maxTraces) this.#evictOldest();
    return trace;
  }

  #evictOldest(): void {
    const [oldest] = this.#traces;
    if (!oldest) return;
    this.#traces.delete(oldest);
    if (!oldest.verdict) this.#evicted++;
    for (const span of oldest.spans) this.#open.delete(span.spanContext().spanId);
    if (!oldest.isOverfull) return;
    for (const [spanId, trace] of this.#open) if (trace === oldest) this.#open.delete(spanId);
  }

  #decide(trace: LocalTrace): void {
    const { failed, slowMs } = this.#settings;
    const isKept = (failed && trace.isFailed) || this.#clock.now() - trace.startedAt >= slowMs;
    trace.verdict = isKept ? 'keep' : 'drop';
    if (isKept) this.#kept++;
  }

  /** Lets go of the spans that have ended; those that have not will follow. */
  #release(trace: LocalTrace): void {
    if (trace.verdict === 'keep') for (const span of trace.spans) if (span.ended) this.#keep(span);
    trace.spans = trace.spans.filter((span) => !span.ended);
    if (trace.openCount === 0) this.#traces.delete(trace);
  }

  /** Back ends may leave out what is not flagged as sampled. */
  #keep(span: ReadableSpan): void {
    span.spanContext().traceFlags |= TraceFlags.SAMPLED;
    this.#next.onEnd(span);
  }
}

function isSampled(span: ReadableSpan): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) === TraceFlags.SAMPLED;
}

function isFailed({ status, attributes }: ReadableSpan): boolean {
  const answer = attributes[HTTP_ATTRIBUTES.responseStatusCode];
  return status.code === SpanStatusCode.ERROR || attributes.error === true || (typeof answer === 'number' && answer >= 500);
}
