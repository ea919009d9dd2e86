import {
  type Tracer as ApiTracer,
  context as apiContext,
  createTraceState,
  isSpanContextValid,
  isValidSpanId,
  isValidTraceId,
  ProxyTracerProvider,
  type SpanContext,
  TraceFlags,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { currentContext, type Random, type Span, type TraceContext, type Tracer } from '@weft/core';
import { NoopSpan } from './noop-span.js';
import { OtelSpan } from './otel-span.js';
import { newTrace } from './trace-context.js';

/** What a tracer is made with. */
export interface TracerOptions {
  /** Name of the service, told to OpenTelemetry as the instrumentation scope. */
  readonly serviceName: string;
  /** Where spans come from; the provider registered with the OpenTelemetry API when left out. */
  readonly tracerProvider?: TracerProvider;
  /** Makes the ids of traces that no SDK starts; for tests. */
  readonly random?: Random;
}

/**
 * A tracer over the OpenTelemetry API. The parent of a span is the one given, else the request that is being handled,
 * else OpenTelemetry's own active span; without any it is a root.
 * Without an SDK its spans record nothing: they stand for their parent, so that a trace passes through unbroken, and a
 * root starts a trace that is not sampled. Neither the tracer nor its spans ever throw.
 */
export function createTracer({ serviceName, tracerProvider, random }: TracerOptions): Tracer {
  const provider = tracerProvider ?? trace.getTracerProvider();
  let tracer: ApiTracer | undefined;
  return {
    startSpan(name, given) {
      const parent = validParent(given);
      tracer ??= sdkTracer(provider, serviceName);
      const span = tracer && recordingSpan(tracer, name, parent);
      return span ?? new NoopSpan(parent ? contextOf(parent) : newTrace(random));
    },
  };
}

type Parent = Span | TraceContext;

function validParent(given: Parent | undefined): Parent | undefined {
  const parent = given ?? currentContext()?.trace;
  if (!parent || parent instanceof OtelSpan) return parent;
  const { traceId, spanId } = contextOf(parent);
  return isValidTraceId(traceId) && isValidSpanId(spanId) ? parent : undefined;
}

/** Undefined while no SDK is registered: a span then costs a third of what it costs through the API's own no-op. */
function sdkTracer(provider: TracerProvider, serviceName: string): ApiTracer | undefined {
  try {
    return provider instanceof ProxyTracerProvider ? provider.getDelegateTracer(serviceName) : provider.getTracer(serviceName);
  } catch {
    return undefined;
  }
}

function recordingSpan(tracer: ApiTracer, name: string, parent: Parent | undefined): Span | undefined {
  try {
    const active = apiContext.active();
    const within = parent ? trace.setSpanContext(active, spanContextOf(parent)) : active;
    const span = tracer.startSpan(name, {}, within);
    const isOwn = span.spanContext().spanId !== trace.getSpanContext(within)?.spanId;
    return isOwn && isSpanContextValid(span.spanContext()) ? new OtelSpan(span) : undefined;
  } catch {
    return undefined;
  }
}

function contextOf(parent: Parent): TraceContext {
  return 'context' in parent ? parent.context : parent;
}

function spanContextOf(parent: Parent): SpanContext {
  return parent instanceof OtelSpan ? parent.spanContext : toSpanContext(contextOf(parent));
}

function toSpanContext({ traceId, spanId, sampled, state }: TraceContext): SpanContext {
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  const context: SpanContext = { traceId, spanId, traceFlags, isRemote: true };
  if (state !== undefined) context.traceState = createTraceState(state);
  return context;
}
