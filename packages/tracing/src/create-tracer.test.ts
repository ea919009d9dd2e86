import {
  type Span as ApiSpan,
  context as apiContext,
  type ContextManager,
  ROOT_CONTEXT,
  type SpanContext,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { runInContext, type TraceContext } from '@weft/core';
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
    const text: unknown = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(tracer.startSpan('root', text as TraceContext).context.traceId).toMatch(/^[0-9a-f]{32}$/);
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

  it('knows a parent of this process from one of another, also by way of the ambient context', () => {
    const told = recorder();
    const tracer = createTracer({ serviceName: 'users', tracerProvider: told.provider });
    const server = tracer.startSpan('server', remote);
    runInContext({ trace: server.context }, () => tracer.startSpan('client'));
    expect(told.parents.map((parent) => parent?.isRemote ?? false)).toEqual([true, false]);
  });

  it('tells the kind of a span, internal unless set', () => {
    const told = recorder();
    const tracer = createTracer({ serviceName: 'users', tracerProvider: told.provider });
    tracer.startSpan('internal');
    for (const kind of ['server', 'client', 'producer', 'consumer'] as const) tracer.startSpan(kind, undefined, kind);
    expect(told.kinds).toEqual([undefined, 1, 2, 3, 4]);
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

describe('createTracer with a sampler', () => {
  function sampling(sampler: () => boolean) {
    const told = recorder();
    return { told, tracer: createTracer({ serviceName: 'users', tracerProvider: told.provider, sampler }) };
  }

  it('asks it once per trace that starts here, before the provider hears of it', () => {
    const answers = [false, true];
    const { told, tracer } = sampling(() => answers.shift() ?? false);
    const unsampled = tracer.startSpan('not recorded');
    expect(tracer.startSpan('part of it', unsampled).context).toEqual(unsampled.context);
    const sampled = tracer.startSpan('recorded');
    tracer.startSpan('part of that', sampled);
    expect(unsampled.context.sampled).toBe(false);
    expect(told.calls).toEqual(['scope users', 'recorded under nothing', `part of that under ${sampled.context.spanId}`]);
  });

  it('follows the process that a trace comes from', () => {
    const never = sampling(() => false);
    expect(never.tracer.startSpan('server', remote).context.traceId).toBe(remote.traceId);
    const always = sampling(() => true);
    const unsampled = { ...remote, sampled: false };
    expect(always.tracer.startSpan('server', unsampled).context).toEqual(unsampled);
    expect([never.told.calls.length, always.told.calls.length]).toEqual([2, 0]);
  });

  it('follows a span that other instrumentation has made active', () => {
    const { told, tracer } = sampling(() => false);
    const active = trace.setSpanContext(ROOT_CONTEXT, { ...remote, traceFlags: 1 });
    const manager: ContextManager = {
      active: () => active,
      with: (_, run, self, ...args) => run.apply(self, args),
      bind: (_, target) => target,
      enable: () => manager,
      disable: () => manager,
    };
    apiContext.setGlobalContextManager(manager);
    try {
      tracer.startSpan('client');
    } finally {
      apiContext.disable();
    }
    expect(told.calls).toEqual(['scope users', `client under ${remote.spanId}`]);
  });

  it('records nothing when the sampler throws', () => {
    const { told, tracer } = sampling(() => {
      throw new Error('broken sampler');
    });
    expect(tracer.startSpan('root').context.sampled).toBe(false);
    expect(told.calls).toEqual([]);
  });
});

/** A provider that writes down what it is told; with `failure` its spans throw it. */
function recorder(failure?: Error) {
  const calls: string[] = [];
  const parents: (SpanContext | undefined)[] = [];
  const kinds: (number | undefined)[] = [];
  const provider: TracerProvider = {
    getTracer(scope) {
      calls.push(`scope ${scope}`);
      return {
        startSpan(name, options, within) {
          const parent = within && trace.getSpanContext(within);
          parents.push(parent);
          kinds.push(options?.kind);
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
  return { provider, calls, parents, kinds };
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
