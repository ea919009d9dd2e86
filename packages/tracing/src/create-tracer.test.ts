import { type Span as ApiSpan, type SpanContext, type TracerProvider, trace } from '@opentelemetry/api';
import { runInContext } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { createTracer } from './create-tracer.js';
import { newTrace } from './trace-context.js';

const remote = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true, state: 'a=1' };

describe('createTracer without an SDK', () => {
  const tracer = createTracer({ serviceName: 'users' });

  it('starts a valid trace that is not sampled', () => {
    const span = tracer.startSpan('root');
    expect(span.context.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
    expect(span.context.spanId).toMatch(/^(?!0+$)[0-9a-f]{16}$/);
    expect(span.context.sampled).toBe(false);
    expect(tracer.startSpan('root').context.traceId).not.toBe(span.context.traceId);
  });

  it('lets the trace of its parent through unchanged', () => {
    const span = tracer.startSpan('create_user', remote);
    expect(span.context).toEqual(remote);
    expect(tracer.startSpan('validate_user', span).context).toEqual(remote);
  });

  it('continues the trace of the request that is being handled', () => {
    expect(runInContext({ trace: remote }, () => tracer.startSpan('get_user').context)).toEqual(remote);
  });

  it('starts anew when the parent is not valid', () => {
    expect(tracer.startSpan('root', { traceId: 'x', spanId: 'y', sampled: true }).context.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('has spans that take every verb', () => {
    const span = tracer.startSpan('root');
    expect(span.setTag('error', true).logKV('error', 'Validation failed')).toBe(span);
    span.finish();
    span.finish();
  });
});

describe('createTracer over a provider', () => {
  it('uses an SDK that is registered later', () => {
    const tracer = createTracer({ serviceName: 'users' });
    expect(tracer.startSpan('before').context.sampled).toBe(false);
    const told = recorder();
    trace.setGlobalTracerProvider(told.provider);
    try {
      expect(tracer.startSpan('after').context.sampled).toBe(true);
      expect(told.calls).toEqual(['scope users', 'after under nothing']);
    } finally {
      trace.disable();
    }
  });

  it('names the service as the instrumentation scope', () => {
    const told = recorder();
    createTracer({ serviceName: 'users', tracerProvider: told.provider }).startSpan('root');
    expect(told.calls).toEqual(['scope users', 'root under nothing']);
  });

  it('makes a child of the given span, else of the current request', () => {
    const told = recorder();
    const tracer = createTracer({ serviceName: 'users', tracerProvider: told.provider });
    const root = tracer.startSpan('create_user');
    const child = runInContext({ trace: remote }, () => tracer.startSpan('validate_user', root));
    runInContext({ trace: remote }, () => tracer.startSpan('get_user'));
    expect(child.context.traceId).toBe(root.context.traceId);
    expect(told.calls.slice(2)).toEqual([`validate_user under ${root.context.spanId}`, `get_user under ${remote.spanId} a=1`]);
  });

  it('passes tags, events and the end on, each span ending once', () => {
    const told = recorder();
    const span = createTracer({ serviceName: 'users', tracerProvider: told.provider }).startSpan('root');
    span.setTag('http.method', 'POST').logKV('error', 'Validation failed').finish();
    span.setTag('late', 1).finish();
    expect(told.calls.slice(2)).toEqual(['http.method=POST', 'event error {"error":"Validation failed"}', 'end']);
  });

  it('marks a span as failed by the tag error', () => {
    const told = recorder();
    const tracer = createTracer({ serviceName: 'users', tracerProvider: told.provider });
    tracer.startSpan('save_user').setTag('error', false).setTag('error', true);
    expect(told.calls.slice(2)).toEqual(['error=false', 'error=true', 'status 2']);
  });

  it('does not fail the work when the SDK throws', () => {
    const told = recorder(new Error('broken exporter'));
    const tracer = createTracer({ serviceName: 'users', tracerProvider: told.provider });
    const span = tracer.startSpan('root');
    expect(() => span.setTag('a', 1).logKV('b', 2).finish()).not.toThrow();
    const dead: TracerProvider = {
      getTracer: () => ({
        startSpan: () => {
          throw new Error('broken SDK');
        },
        startActiveSpan: () => {
          throw new Error('not used');
        },
      }),
    };
    expect(createTracer({ serviceName: 'users', tracerProvider: dead }).startSpan('root', remote).context).toEqual(remote);
  });
});

/** A provider that writes down what it is told; with `failure` its spans throw it. */
function recorder(failure?: Error): { provider: TracerProvider; calls: string[] } {
  const calls: string[] = [];
  const provider: TracerProvider = {
    getTracer(scope) {
      calls.push(`scope ${scope}`);
      return {
        startSpan(name, _options, within) {
          const parent = within && trace.getSpanContext(within);
          calls.push(`${name} under ${[parent?.spanId ?? 'nothing', parent?.traceState?.serialize()].filter(Boolean).join(' ')}`);
          const { traceId, spanId } = newTrace();
          return recordingSpan({ traceId: parent?.traceId ?? traceId, spanId, traceFlags: 1 }, calls, failure);
        },
        startActiveSpan: () => {
          throw new Error('not used');
        },
      };
    },
  };
  return { provider, calls };
}

function recordingSpan(context: SpanContext, calls: string[], failure: Error | undefined): ApiSpan {
  const tell = (what: string) => {
    if (failure) throw failure;
    calls.push(what);
    return span;
  };
  const span: ApiSpan = {
    spanContext: () => context,
    setAttribute: (key, value) => tell(`${key}=${value}`),
    setAttributes: () => span,
    addEvent: (name, attributes) => tell(`event ${name} ${JSON.stringify(attributes)}`),
    addLink: () => span,
    addLinks: () => span,
    setStatus: ({ code }) => tell(`status ${code}`),
    updateName: () => span,
    end: () => void tell('end'),
    isRecording: () => true,
    recordException: () => {},
  };
  return span;
}
