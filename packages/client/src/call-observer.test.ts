import { memoryMetrics, type Span, type TraceContext, type Tracer, WeftError } from '@weft/core';
import { newTrace } from '@weft/tracing';
import { describe, expect, it } from 'vitest';
import { clientScene } from '../test/client-scene.js';

/** Keeps what spans are told. */
function recordingTracer() {
  const spans: { name: string; kind: unknown; tags: Record<string, unknown>; logs: string[]; isFinished: boolean }[] = [];
  const tracer: Tracer = {
    startSpan(name: string, _parent?: Span | TraceContext, ...[kind]: unknown[]) {
      const kept = { name, kind, tags: {} as Record<string, unknown>, logs: [] as string[], isFinished: false };
      spans.push(kept);
      const span: Span = {
        context: newTrace(),
        setTag(key, value) {
          kept.tags[key] = value;
          return span;
        },
        logKV(key, value) {
          kept.logs.push(`${key}=${value}`);
          return span;
        },
        finish() {
          kept.isFinished = true;
        },
      };
      return span;
    },
  };
  return { tracer, spans };
}

const GONE = new WeftError('WEFT_UNAVAILABLE', 'connection reset', { failure: 'reset', ambiguous: true });

describe('what a client tells of its calls', () => {
  it('is a client span each, with the seed’s tags and the stable attributes, and never the query', async () => {
    const { tracer, spans } = recordingTracer();
    const { client, close } = await clientScene(() => ({}), { tracer });
    await client.get('/users/7?token=secret');
    expect(spans).toMatchObject([{ name: 'GET users', kind: 'client', isFinished: true, logs: [] }]);
    expect(spans[0]?.tags).toMatchObject({
      'http.method': 'GET',
      'http.url': '/users/7',
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'server.port': expect.any(Number),
      'url.full': expect.stringMatching(/^\w+:\/\/127\.0\.0\.1:\d+\/users\/7$/),
      'peer.service': 'users',
    });
    expect(spans[0]?.tags).not.toHaveProperty('http.request.resend_count');
    expect(JSON.stringify(spans)).not.toContain('secret');
    await close();
  });

  it('tells every try that was not the last, and why a call failed', async () => {
    const { tracer, spans } = recordingTracer();
    const { client, clock, close } = await clientScene(() => GONE, { tracer, retries: 1, retryDelay: 1 });
    const failure = client.get('/users/7').catch((error: WeftError) => error.code);
    await clock.advance(100);
    expect(await failure).toBe('WEFT_UNAVAILABLE');
    expect(spans[0]).toMatchObject({ isFinished: true, tags: { error: true, 'error.type': 'WEFT_UNAVAILABLE' } });
    expect(spans[0]?.logs.slice(0, 2)).toEqual(['retry=users-1: reset', 'retry=users-1: reset']);
    await close();
  });

  it('tells which try was answered, when it was not the first', async () => {
    const { tracer, spans } = recordingTracer();
    const answers = [GONE, GONE, {}];
    const { client, clock, close } = await clientScene(() => answers.shift() ?? {}, { tracer, retries: 2, retryDelay: 1 });
    const answered = client.get('/users/7');
    await clock.advance(100);
    await answered;
    expect(spans[0]?.tags).toMatchObject({ 'http.request.resend_count': 2, 'http.response.status_code': 200 });
    await close();
  });

  it('marks answers from 500 on as errors, and 4xx by their type only', async () => {
    const { tracer, spans } = recordingTracer();
    const statuses = [404, 501];
    const { client, close } = await clientScene(() => ({ status: statuses.shift() ?? 200 }), { tracer });
    await client.get('/a');
    await client.get('/b');
    expect(spans.map(({ tags }) => [tags['error.type'], tags.error])).toEqual([
      ['404', undefined],
      ['501', true],
    ]);
    await close();
  });

  it('counts calls by the route that a policy names, else as unmatched, and times them (S162, S163)', async () => {
    const metrics = memoryMetrics();
    const { client, close } = await clientScene(() => ({}), { metrics, policies: { 'users GET /users/:id': { retries: 1 } } });
    await client.get('/users/7');
    await client.get('/users/8');
    await client.get('/other/9');
    const labels = { target_service: 'users', method: 'GET', success: 'true' };
    expect(metrics.read('service.calls', { ...labels, path: '/users/:id' })).toBe(2);
    expect(metrics.read('service.calls', { ...labels, path: 'unmatched' })).toBe(1);
    expect(metrics.observations('service.call_duration', { target_service: 'users' })).toHaveLength(3);
    await close();
  });

  it('counts failures by their code, retries, and instances that are left alone', async () => {
    const metrics = memoryMetrics();
    const { client, clock, close } = await clientScene(() => GONE, { metrics, retries: 2, retryDelay: 1 });
    const failure = client.get('/users/7').catch(() => 'failed');
    await clock.advance(100);
    expect(await failure).toBe('failed');
    const [target_service, method, path] = ['users', 'GET', 'unmatched'];
    expect(metrics.read('service.calls', { target_service, method, path, success: 'false' })).toBe(1);
    expect(metrics.read('client.errors', { target_service, code: 'WEFT_UNAVAILABLE' })).toBe(1);
    expect(metrics.read('client.retries', { target_service })).toBe(2);
    expect(metrics.read('client.ejections', { target_service, reason: 'unreachable' })).toBe(1);
    client.getCircuitBreaker()?.open();
    expect(metrics.read('client.breaker.open', { target_service })).toBe(1);
    await close();
  });
});
