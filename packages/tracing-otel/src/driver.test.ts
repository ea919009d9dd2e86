import { context, trace } from '@opentelemetry/api';
import { memoryMetrics, noopLogger, noopMetrics, runInContext, systemClock } from '@weft/core';
import { formatTraceparent, HTTP_ATTRIBUTES, parseTraceparent } from '@weft/tracing';
import { OtlpReceiver } from '@weft-tooling/servers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recordingLogger } from '../test/recording-logger.js';
import driver, { type OtelTracingParts, openOtelTracing } from './driver.js';
import type { OtelTracingOptions } from './options.js';

const REMOTE = parseTraceparent('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');

function open(options: Omit<OtelTracingOptions, 'serviceName'>, parts: OtelTracingParts = {}) {
  const tracing = openOtelTracing({ serviceName: 'user-service', ...options }, parts);
  onTestFinished(() => tracing.close());
  return tracing;
}

async function reported(options: Omit<OtelTracingOptions, 'serviceName'> = {}) {
  const receiver = await OtlpReceiver.open();
  onTestFinished(() => receiver.close());
  return { receiver, ...open({ reporter: { url: receiver.url }, ...options }) };
}

describe('tracing over the SDK', () => {
  it('reports the seed’s request: a root and its steps, with tags and logs, as OTLP (S91-S97)', async () => {
    const { receiver, tracer, flush } = await reported();
    const root = tracer.startSpan('create_user');
    root.setTag('http.method', 'POST').setTag('http.url', '/users');
    tracer.startSpan('validate_user', root).setTag('error', true).logKV('error', 'Validation failed').finish();
    tracer.startSpan('save_user', root).setTag('user_id', 7).setTag('score', 0.5).finish();
    root.finish();
    await flush();
    const [validate, save, create] = receiver.spans;
    expect(create).toMatchObject({
      name: 'create_user',
      ...{ traceId: root.context.traceId, spanId: root.context.spanId, parentSpanId: '' },
      attributes: { 'http.method': 'POST', 'http.url': '/users' },
      ...{ kind: 'internal', status: { code: 'unset' }, isSampled: true, scope: 'user-service' },
      resource: { 'service.name': 'user-service', 'telemetry.sdk.language': 'nodejs' },
    });
    expect(validate).toMatchObject({
      ...{ name: 'validate_user', traceId: root.context.traceId, parentSpanId: root.context.spanId },
      attributes: { error: true },
      status: { code: 'error' },
      events: [{ name: 'error', attributes: { error: 'Validation failed' } }],
    });
    expect(save?.attributes).toEqual({ user_id: 7, score: 0.5 });
    expect(receiver.requests[0]).toMatchObject({ path: '/v1/traces', headers: { 'content-type': 'application/x-protobuf' } });
  });

  it('says of each span what kind of work it was', async () => {
    const { receiver, tracer, flush } = await reported();
    for (const kind of ['internal', 'server', 'client', 'producer', 'consumer'] as const) {
      tracer.startSpan(kind, undefined, kind).finish();
    }
    await flush();
    expect(receiver.spans.map((span) => [span.name, span.kind])).toEqual(
      ['internal', 'server', 'client', 'producer', 'consumer'].map((kind) => [kind, kind]),
    );
  });

  it('says where the parent of a span is: here, also by way of the ambient context, or in another process', async () => {
    const { receiver, tracer, flush } = await reported();
    const server = tracer.startSpan('server', REMOTE);
    const client = runInContext({ trace: server.context }, () => tracer.startSpan('client'));
    tracer.startSpan('copied', { ...server.context }).finish();
    client.finish();
    server.finish();
    await flush();
    expect(receiver.spans.map((span) => [span.name, span.hasRemoteParent])).toEqual([
      ['copied', true],
      ['client', false],
      ['server', true],
    ]);
    expect(receiver.spans[1]).toMatchObject({ traceId: REMOTE?.traceId, parentSpanId: server.context.spanId });
  });

  it('passes a tracestate on, to the next process and to the back end', async () => {
    const { receiver, tracer, flush } = await reported();
    const span = tracer.startSpan('server', REMOTE && { ...REMOTE, state: 'a=1,b=2' });
    expect(span.context.state).toBe('a=1,b=2');
    span.finish();
    await flush();
    expect(receiver.spans[0]?.traceState).toBe('a=1,b=2');
  });

  it('sends facts about the process along, and headers with each report', async () => {
    const receiver = await OtlpReceiver.open();
    onTestFinished(() => receiver.close());
    const { tracer, flush } = open({
      reporter: { url: receiver.url.replace('//', '//ann:s%20cret@'), headers: { 'x-api-key': 'k' } },
      resource: { 'service.version': '1.2.0', shard: 3 },
    });
    tracer.startSpan('root').finish();
    await flush();
    expect(receiver.spans[0]?.resource).toMatchObject({ 'service.version': '1.2.0', shard: 3, 'service.name': 'user-service' });
    const authorization = `Basic ${Buffer.from('ann:s cret').toString('base64')}`;
    expect(receiver.requests[0]?.headers).toMatchObject({ 'x-api-key': 'k', authorization });
  });

  it('tells spans that were kept in memory in the seed’s words', async () => {
    const { tracer, flush } = open({ reporter: { type: 'memory' } });
    const root = tracer.startSpan('create_user', undefined, 'server').setTag('error', true).logKV('error', 'no');
    tracer.startSpan('save_user', root).finish();
    root.finish();
    await flush();
    const [save, create] = tracer.spans();
    expect(create).toMatchObject({ name: 'create_user', kind: 'server', service: 'user-service', isFailed: true });
    expect(create).toMatchObject({ tags: { error: true }, logs: [{ key: 'error', value: 'no' }] });
    expect(create).not.toHaveProperty('parentSpanId');
    expect(save).toMatchObject({ parentSpanId: create?.spanId, isFailed: false });
    expect(save?.startedAt).toBeGreaterThanOrEqual(create?.startedAt ?? Number.NaN);
    expect(save?.durationMs).toBeGreaterThanOrEqual(0);
  });

  it('writes a line of JSON per span to the console', async () => {
    const written: string[] = [];
    const { write } = process.stdout;
    process.stdout.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
    onTestFinished(() => {
      process.stdout.write = write;
    });
    const { tracer, flush } = open({ reporter: { type: 'console' } });
    tracer.startSpan('a\nb').finish();
    tracer.startSpan('c').finish();
    await flush();
    const lines = written.join('').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).name)).toEqual(['a\nb', 'c']);
  });

  it('counts what became of its spans, in stats and in metrics', async () => {
    const metrics = memoryMetrics();
    const { tracer, flush, close } = open({ reporter: { type: 'memory' }, queue: { maxSpans: 2 } }, { metrics });
    for (let n = 0; n < 5; n++) tracer.startSpan('root').finish();
    expect(tracer.stats()).toMatchObject({ reported: 0, waiting: 2, dropped: 3, failed: 0 });
    await flush();
    await close();
    tracer.startSpan('too late').finish();
    expect(tracer.stats()).toMatchObject({ reported: 2, waiting: 0, dropped: 4, failed: 0 });
    expect(metrics.read('tracing.spans.reported')).toBe(2);
    expect(metrics.read('tracing.spans.dropped', { reason: 'queue full' })).toBe(4);
  });
});

describe('register', () => {
  it('leaves OpenTelemetry’s own provider alone unless told otherwise', () => {
    open({ reporter: { type: 'memory' } });
    expect(trace.getTracer('x').startSpan('x').isRecording()).toBe(false);
  });

  it('serves the instrumentation of others until it closes', async () => {
    const { tracer, flush, close } = open({ reporter: { type: 'memory' }, register: true });
    const foreign = trace.getTracer('pg').startSpan('select', { attributes: { [HTTP_ATTRIBUTES.route]: '/x' } });
    foreign.end();
    const within = trace.setSpan(context.active(), foreign);
    trace.getTracer('pg').startSpan('fetch rows', {}, within).end();
    await flush();
    expect(tracer.spans().map(({ name }) => name)).toEqual(['select', 'fetch rows']);
    await close();
    expect(trace.getTracer('pg').startSpan('after').isRecording()).toBe(false);
  });

  it('does not push another provider out', async () => {
    const logger = recordingLogger();
    const first = open({ reporter: { type: 'memory' }, register: true });
    const second = open({ reporter: { type: 'memory' }, register: true }, { logger });
    trace.getTracer('pg').startSpan('select').end();
    await second.close();
    trace.getTracer('pg').startSpan('insert').end();
    await first.flush();
    expect(first.tracer.spans().map(({ name }) => name)).toEqual(['select', 'insert']);
    expect(logger.lines.map(({ message }) => message)).toEqual([expect.stringContaining('Another tracer provider')]);
  });
});

describe('the driver otel', () => {
  it('opens from the words of the tracing block, and reports what is left when it stops', async () => {
    const receiver = await OtlpReceiver.open();
    onTestFinished(() => receiver.close());
    const host = {
      get: () => noopMetrics as never,
      ...{ clock: systemClock, folder: '.', logger: noopLogger, signal: new AbortController().signal },
    };
    const opened = await driver.open({ serviceName: 'users', reporter: { type: 'otlp', url: receiver.url } }, host);
    const span = opened.value.startSpan('root');
    expect(parseTraceparent(formatTraceparent(span.context))).toEqual({ ...span.context });
    span.finish();
    await opened.stop?.(host.signal);
    expect(receiver.spansOf('users').map(({ name }) => name)).toEqual(['root']);
  });

  it('fills the slot tracing and counts with the metrics of the host', () => {
    expect(driver).toMatchObject({ contract: 1, slot: 'tracing', name: 'otel', needs: ['metrics'] });
  });
});
