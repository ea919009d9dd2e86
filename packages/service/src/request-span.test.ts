import { currentContext, ServiceError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { openScene } from '../test/memory-scene.js';
import { recordingTracer } from '../test/recording-tracer.js';
import { call, callRaw } from './http-call.fixture.js';
import { Service } from './service.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(build: (service: Service) => void) {
  const { tracer, spans } = recordingTracer();
  const service = new Service({ name: 'users', tracer });
  build(service);
  await service.start();
  closing.push(() => service.stop({ immediate: true }));
  return { service, spans };
}

describe('The span of a request', () => {
  it('has the name of its route, the seed’s tags and the stable attributes, and no query', async () => {
    const { service, spans } = await serve((it) => it.addHandler('GET /users/:id', () => 1));
    await call(service.port, 'GET', '/users/7?token=secret');
    expect(spans).toEqual([
      {
        name: 'GET /users/:id',
        parent: undefined,
        kind: 'server',
        isFinished: true,
        tags: {
          'http.method': 'GET',
          'http.url': '/users/7',
          'http.request.method': 'GET',
          'http.route': '/users/:id',
          'http.response.status_code': 200,
          'url.path': '/users/7',
          'url.scheme': 'http',
          'server.address': '127.0.0.1',
          'server.port': service.port,
        },
      },
    ]);
  });

  it('has no route and one name when none matches', async () => {
    const { service, spans } = await serve(() => {});
    await call(service.port, 'GET', '/wp-admin');
    expect(spans[0]).toMatchObject({ name: 'GET unmatched', isFinished: true, tags: { 'http.response.status_code': 404 } });
    expect(spans[0]?.tags).not.toHaveProperty('http.route');
  });

  it('has one method for all that are not known, and tells which it was beside it', async () => {
    const { service, spans } = await serve((it) => it.addHandler('GET /', () => 1));
    await callRaw(service.port, 'PROPFIND / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const tags = { 'http.request.method': '_OTHER', 'http.request.method_original': 'PROPFIND', 'http.method': 'PROPFIND' };
    expect(spans[0]).toMatchObject({ name: 'HTTP unmatched', tags });
  });

  it('has failed from status 500 on, and not below', async () => {
    const { service, spans } = await serve((it) =>
      it.addHandler('GET /:code', ({ params }) => {
        throw new ServiceError(Number(params.code), 'no');
      }),
    );
    await call(service.port, 'GET', '/422');
    await call(service.port, 'GET', '/503');
    expect(spans[0]?.tags).not.toHaveProperty('error');
    expect(spans[1]?.tags).toMatchObject({ error: true, 'error.type': '503', 'http.response.status_code': 503 });
  });

  it('ends when the caller has gone, too', async () => {
    const { service, spans } = await serve((it) =>
      it.addHandler(
        'GET /',
        ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ),
    );
    const caller = new AbortController();
    const calling = fetch(`http://127.0.0.1:${service.port}/`, { signal: caller.signal }).catch(() => 'gone');
    await expect.poll(() => spans.length).toBe(1);
    caller.abort();
    await calling;
    await expect.poll(() => spans[0]?.isFinished).toBe(true);
    expect(spans[0]?.tags['http.response.status_code']).toBe(499);
  });
});

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const VALID = `00-${TRACE}-${SPAN}-01`;

describe('R77 Trace headers that are garbage', () => {
  const garbage: readonly [string, string][] = [
    ['empty', ''],
    ['words', 'hello'],
    ['10 KB', 'a'.repeat(10_000)],
    ['10 KB that begins well', `${VALID}-${'0'.repeat(10_000)}`],
    ['no trace id', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['no span id', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['upper case', VALID.toUpperCase()],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['a trace id too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['a span id too long', `00-${TRACE}-${SPAN}0-01`],
    ['other letters', `00-${TRACE.replace('a', 'g')}-${SPAN}-01`],
    ['flags of one digit', `00-${TRACE}-${SPAN}-1`],
    ['version 00 with a tail', `${VALID}-00`],
    ['a script', `<script>-${TRACE}-${SPAN}-01`],
    ['__proto__', '__proto__'],
  ];

  it.each(garbage)('start a new trace, and the request is served: traceparent is %s', async (_, traceparent) => {
    const { service, spans } = await serve((it) => it.addHandler('GET /', () => currentContext()?.trace?.traceId));
    const answer = await call(service.port, 'GET', '/', { headers: { traceparent, tracestate: 'a=1' } });
    expect([answer.status, spans[0]?.parent]).toEqual([200, undefined]);
    expect(answer.json).not.toBe(TRACE);
  });

  it('start a new trace when they are there twice', async () => {
    const { service, spans } = await serve((it) => it.addHandler('GET /', () => 'ok'));
    const head = `GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntraceparent: ${VALID}\r\n`;
    const answer = await callRaw(service.port, `${head}traceparent: ${VALID.replace('b7', 'b8')}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(spans[0]?.parent).toBeUndefined();
  });

  it.each([
    ['200 members', Array.from({ length: 200 }, (_, at) => `k${at}=v`).join(',')],
    ['more than 512 characters', `a=${'v'.repeat(600)}`],
    ['no member at all', ';;;'],
  ])('keep the trace without its state: tracestate has %s', async (_, tracestate) => {
    const { service, spans } = await serve((it) => it.addHandler('GET /', () => 'ok'));
    await call(service.port, 'GET', '/', { headers: { traceparent: VALID, tracestate } });
    expect(spans[0]?.parent).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
  });

  it('do not matter when they are 64 KB of baggage, as far as the wire lets them in', async () => {
    const baggage = `a=${'b'.repeat(65_536)}`;
    const { ask, close } = await openScene((it) => it.addHandler('GET /', () => 'ok'));
    closing.push(close);
    expect((await ask('GET', '/', { headers: { baggage } })).status).toBe(200);
    const { service } = await serve((it) => it.addHandler('GET /', () => 'ok'));
    expect((await call(service.port, 'GET', '/', { headers: { baggage } })).status, 'beyond limits.headerBytes').toBe(431);
    expect((await call(service.port, 'GET', '/', { headers: { baggage: baggage.slice(0, 8_192) } })).status).toBe(200);
  });
});
