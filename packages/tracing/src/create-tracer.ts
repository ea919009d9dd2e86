import {
  type Tracer as ApiTracer,
  context as apiContext,
  createTraceState,
  INVALID_SPANID,
  INVALID_TRACEID,
  isSpanContextValid,
  isValidSpanId,
  isValidTraceId,
  ProxyTracerProvider,
  type SpanContext,
  SpanKind as SpanKinds,
  type SpanOptions,
  TraceFlags,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { currentContext, type Random, type Span, type TraceContext } from '@weft/core';
import { LocalPosition } from './local-position.js';
import { NoopSpan } from './noop-span.js';
import { OtelSpan } from './otel-span.js';
import { RemotePosition } from './remote-position.js';
import type { KindTracer, SpanKind } from './span-kind.js';
import { newTrace } from './trace-context.js';

/** What a tracer is made with. */
export interface TracerOptions {
  /** Name of the service, told to OpenTelemetry as the instrumentation scope. */
  readonly serviceName: string;
  /** Where spans come from; the provider registered with the OpenTelemetry API when left out. */
  readonly tracerProvider?: TracerProvider;
  /**
   * Says whether a trace that starts here is recorded; one that goes on is recorded when its parent was sampled. It is asked
   * before anything is made: a span that is not recorded costs a tenth of one that is. When left out, the provider decides.
   */
  readonly sampler?: () => boolean;
  /** Makes the ids of traces that no SDK starts; for tests. */
  readonly random?: Random;
}

/**
 * A tracer over the OpenTelemetry API. The parent of a span is the one given, else the request that is being handled,
 * else OpenTelemetry's own active span; without any it is a root.
 * A span that nobody records stands for its parent, so that a trace passes through unbroken, and a root that nobody
 * records starts a trace that is not sampled. Neither the tracer nor its spans ever throw.
 */
export function createTracer({ serviceName, tracerProvider, sampler, random }: TracerOptions): KindTracer {
  const provider = tracerProvider ?? trace.getTracerProvider();
  let tracer: ApiTracer | undefined;
  return {
    startSpan(name, given, kind = 'internal') {
      const parent = validParent(given) ?? (sampler && activeParent());
      if (sampler && !isSampled(parent, sampler)) return new NoopSpan(parent ?? newTrace(random));
      tracer ??= sdkTracer(provider, serviceName);
      const span = tracer && recordingSpan(tracer, name, parent, kind);
      return span ?? new NoopSpan(parent ?? newTrace(random));
    },
  };
}

const OPTIONS: Readonly<Record<SpanKind, SpanOptions>> = {
  internal: {},
  server: { kind: SpanKinds.SERVER },
  client: { kind: SpanKinds.CLIENT },
  producer: { kind: SpanKinds.PRODUCER },
  consumer: { kind: SpanKinds.CONSUMER },
};

function validParent(given: Span | TraceContext | undefined): TraceContext | undefined {
  const parent =
    typeof given === 'object' && given !== null ? ('context' in given ? given.context : given) : currentContext()?.trace;
  if (!parent || parent instanceof RemotePosition || parent instanceof LocalPosition) return parent;
  return isValidTraceId(parent.traceId) && isValidSpanId(parent.spanId) ? parent : undefined;
}

/** The span that somebody else's instrumentation has made active. */
function activeParent(): TraceContext | undefined {
  const active = trace.getSpanContext(apiContext.active());
  return active && isSpanContextValid(active) ? new LocalPosition(active) : undefined;
}

/** Whoever begins a trace decides for all of it, unless the one who was asked to decide throws. */
function isSampled(parent: TraceContext | undefined, sampler: () => boolean): boolean {
  try {
    return parent ? parent.sampled : sampler();
  } catch {
    return false;
  }
}

/** Undefined while no SDK is registered: a span then costs a third of what it costs through the API's own no-op. */
function sdkTracer(provider: TracerProvider, serviceName: string): ApiTracer | undefined {
  try {
    return provider instanceof ProxyTracerProvider ? provider.getDelegateTracer(serviceName) : provider.getTracer(serviceName);
  } catch {
    return undefined;
  }
}

function recordingSpan(tracer: ApiTracer, name: string, parent: TraceContext | undefined, kind: SpanKind): Span | undefined {
  try {
    const active = apiContext.active();
    const within = parent ? trace.setSpanContext(active, spanContextOf(parent)) : active;
    const span = tracer.startSpan(name, OPTIONS[kind], within);
    const { traceId, spanId } = span.spanContext();
    const isOwn = spanId !== trace.getSpanContext(within)?.spanId;
    return isOwn && traceId !== INVALID_TRACEID && spanId !== INVALID_SPANID ? new OtelSpan(span) : undefined;
  } catch {
    return undefined;
  }
}

function spanContextOf(parent: TraceContext): SpanContext {
  if (parent instanceof LocalPosition) return parent.spanContext;
  const { traceId, spanId, sampled, state } = parent;
  const context: SpanContext = { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
  if (state !== undefined) context.traceState = createTraceState(state);
  return context;
}
