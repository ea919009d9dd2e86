import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { currentContext, type Logger, memoryMetrics, noopLogger, type Reply, ServiceError, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { call } from './http-call.fixture.js';
import { json } from './reply.js';
import type { RequestContext } from './request-context.js';
import { Service } from './service.js';
import type { ServiceOptions } from './service-options.js';
import type { ServiceParts } from './service-parts.js';
import { versionMiddleware } from './version-middleware.js';
import { VersionedService } from './versioned-service.js';

const running: Service[] = [];

async function serve(build: (service: Service) => void, options: Partial<ServiceOptions & ServiceParts> = {}): Promise<Service> {
  const service = new Service({ name: 'test', ...options });
  build(service);
  running.push(service);
  await service.start();
  return service;
}

function recordingLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  return { logger: { ...noopLogger, error: (message) => lines.push(message), warn: (message) => lines.push(message) }, lines };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop({ immediate: true })));
});

describe('A handler', () => {
  it('sees method, path, params, query, headers and body', async () => {
    const service = await serve((it) =>
      it.addHandler<{ name: string }>('PUT /users/:id', ({ method, path, params, query, headers, body }) => {
        return { method, path, params, page: query.page, trace: headers['x-trace'], name: body.name };
      }),
    );
    const { json } = await call(service.port, 'PUT', '/users/a%20b?page=2', {
      headers: { 'x-trace': 't' },
      body: { name: 'Ada' },
    });
    const path = '/users/a%20b?page=2';
    expect(json).toEqual({ method: 'PUT', path, params: { id: 'a b' }, page: '2', trace: 't', name: 'Ada' });
  });

  it.each<[string, () => unknown, number, string | undefined, string]>([
    ['a value', () => ({ a: 1 }), 200, 'application/json', '{"a":1}'],
    ['a promise', async () => [1], 200, 'application/json', '[1]'],
    ['text', () => 'hi', 200, 'application/json', '"hi"'],
    ['null', () => null, 200, 'application/json', 'null'],
    ['nothing', () => undefined, 204, undefined, ''],
    ['bytes', () => Buffer.from('raw'), 200, 'application/octet-stream', 'raw'],
  ])('answers with %s', async (_, handler, status, type, text) => {
    const service = await serve((it) => it.addHandler('GET /', handler));
    const answer = await call(service.port, 'GET', '/');
    expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([status, type, text]);
  });

  it('answers with a status, headers and a body of its own', async () => {
    const service = await serve((it) => {
      it.addHandler('POST /orders', ({ json }) => json({ id: 1 }, { status: 201, headers: { Location: '/orders/1' } }));
      it.addHandler('GET /page', ({ text }) =>
        text('<p>', { headers: { 'Content-Type': 'text/html', 'set-cookie': ['a=1', 'b=2'] } }),
      );
      it.addHandler('GET /moved', ({ reply }) => reply(undefined, { status: 302, headers: { location: '/page' } }));
    });
    expect(await call(service.port, 'POST', '/orders')).toMatchObject({ status: 201, headers: { location: '/orders/1' } });
    const page = await call(service.port, 'GET', '/page');
    expect(page.headers).toMatchObject({ 'content-type': 'text/html', 'set-cookie': ['a=1', 'b=2'], 'content-length': '3' });
    expect((await call(service.port, 'GET', '/moved')).status).toBe(302);
  });

  it('answers in pieces, still within its context', async () => {
    const service = await serve((it) =>
      it.addHandler('GET /', async function* stream({ deadline }: RequestContext) {
        yield Buffer.from('a');
        yield Buffer.from(String(currentContext()?.deadlineAt === deadline.at));
      }),
    );
    const answer = await call(service.port, 'GET', '/', { headers: { 'x-request-timeout-ms': '1000' } });
    expect(answer).toMatchObject({ text: 'atrue', headers: { 'transfer-encoding': 'chunked' } });
  });

  it('answers HEAD without making the pieces, and tells whoever would have made them', async () => {
    const metrics = memoryMetrics();
    let made = 0;
    const service = await serve(
      (it) =>
        it.addHandler('GET /', async function* stream() {
          made++;
          yield Buffer.from('a');
        }),
      { metrics },
    );
    expect(await call(service.port, 'HEAD', '/')).toMatchObject({ status: 200, text: '' });
    expect(made).toBe(0);
    expect(metrics.read('service.response_time', { method: 'HEAD', path: '/' })).toBe(1);
  });

  it('answers HEAD as GET without the body, OPTIONS with what is allowed, 405 with it and 404 otherwise', async () => {
    const service = await serve((it) => it.addHandler('GET /a', () => ({ a: 1 })));
    expect(await call(service.port, 'HEAD', '/a')).toMatchObject({ status: 200, text: '', headers: { 'content-length': '7' } });
    expect(await call(service.port, 'OPTIONS', '/a')).toMatchObject({ status: 204, headers: { allow: 'GET, HEAD, OPTIONS' } });
    const refused = await call(service.port, 'DELETE', '/a');
    expect(refused).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } });
    expect(refused.json).toEqual({ error: 'Method not allowed', code: 405 });
    expect((await call(service.port, 'GET', '/b')).json).toEqual({ error: 'Not found', code: 404 });
  });

  it('can be taken away while it answers', async () => {
    let release = () => {};
    const service = await serve((it) =>
      it.addHandler('GET /slow', () => new Promise((resolve) => (release = () => resolve('done')))),
    );
    const answer = call(service.port, 'GET', '/slow');
    await expect.poll(() => release.length + Number(release.toString().includes('done'))).toBe(1);
    service.removeHandler('GET /slow');
    expect((await call(service.port, 'GET', '/slow')).status).toBe(404);
    release();
    expect((await answer).json).toBe('done');
  });
});

describe('R18 What a handler throws', () => {
  it('is the answer when it is a ServiceError', async () => {
    const service = await serve((it) => {
      it.addHandler('GET /plain', () => {
        throw new ServiceError(404, 'Order not found');
      });
      it.addHandler('GET /details', async () => {
        throw new ServiceError(422, 'Invalid', { field: 'name' });
      });
    });
    expect((await call(service.port, 'GET', '/plain')).text).toBe('{"error":"Order not found","code":404}');
    const { status, json } = await call(service.port, 'GET', '/details');
    expect([status, json]).toEqual([422, { error: 'Invalid', code: 422, details: { field: 'name' } }]);
  });

  it.each<[string, () => unknown]>([
    [
      'thrown',
      () => {
        throw new Error('secret');
      },
    ],
    ['rejected', () => Promise.reject(new Error('secret'))],
    ['no error at all', () => Promise.reject('secret')],
    ['a thing without a text', () => Promise.reject(Object.create(null))],
    ['an error of a newer core', () => Promise.reject(new WeftError('WEFT_FROM_LATER' as 'WEFT_CONFLICT', 'secret'))],
    [
      'a value without a JSON form',
      () => {
        const secret: { self?: unknown } = {};
        secret.self = secret;
        return secret;
      },
    ],
    ['an invalid header', () => json({}, { headers: { 'x-name': 'a\r\nb' } })],
  ])('is told to the log only when it is %s', async (_, handler) => {
    const { logger, lines } = recordingLogger();
    const service = await serve((it) => it.addHandler('GET /', handler), { logger });
    const answer = await call(service.port, 'GET', '/');
    expect(answer).toMatchObject({ status: 500, headers: { 'content-type': 'application/json' } });
    expect(answer.text).toBe('{"error":"Internal server error","code":500}');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^Panic: /);
    expect((await call(service.port, 'GET', '/livez')).status).toBe(200);
  });

  it('cuts the connection when the answer has begun', async () => {
    const { logger, lines } = recordingLogger();
    const service = await serve(
      (it) =>
        it.addHandler('GET /', async function* broken() {
          yield Buffer.from('half');
          throw new Error('secret');
        }),
      { logger },
    );
    await expect(call(service.port, 'GET', '/')).rejects.toThrow(/aborted|hang up/);
    expect(lines).toEqual(['Panic: secret']);
    expect((await call(service.port, 'GET', '/livez')).status).toBe(200);
  });

  it('is passed on by its status when a call of its own failed, and marked when retries are used up', async () => {
    const { logger, lines } = recordingLogger();
    const service = await serve(
      (it) =>
        it.addHandler('GET /', () => {
          const context = currentContext();
          if (context) context.retriesExhausted = true;
          throw new WeftError('WEFT_NO_INSTANCE', 'no instance of "secret"');
        }),
      { logger },
    );
    const answer = await call(service.port, 'GET', '/');
    expect(answer).toMatchObject({ status: 503, headers: { 'x-request-retry': 'no' } });
    expect(answer.json).toEqual({ error: 'Service Unavailable', code: 503 });
    expect(lines).toEqual(['Answered with a failure: WEFT_NO_INSTANCE']);
  });
});

describe('Middleware', () => {
  it('runs from the first, the outermost, inwards, also around 404', async () => {
    const order: string[] = [];
    const service = await serve((it) => {
      for (const name of ['outer', 'inner']) {
        it.use((next) => async (request) => {
          order.push(`${name} in`);
          const reply: Reply = await next(request);
          order.push(`${name} out ${reply.status}`);
          return { ...reply, headers: { ...reply.headers, [`X-${name}`]: '1', 'Content-Type': 'text/plain' } };
        });
      }
      it.addHandler('GET /', () => 'ok');
    });
    const { headers, rawHeaders } = await call(service.port, 'GET', '/');
    expect(headers).toMatchObject({ 'x-outer': '1', 'x-inner': '1', 'content-type': 'text/plain' });
    expect(rawHeaders.filter((name) => /content-type/i.test(name))).toHaveLength(1);
    expect(order).toEqual(['outer in', 'inner in', 'inner out 200', 'outer out 200']);
    await call(service.port, 'GET', '/nowhere');
    expect(order.at(-1)).toBe('outer out 404');
  });

  it('may answer by itself and may catch what handlers throw, but does not stand before the health paths', async () => {
    const service = await serve((it) => {
      it.use((next) => async (request) => {
        if (request.headers.authorization === undefined) throw new WeftError('WEFT_UNAUTHENTICATED', 'no token');
        return next(request).catch((error: unknown) => request.json({ caught: String(error) }, { status: 418 }));
      });
      it.addHandler('GET /', () => {
        throw new ServiceError(400, 'bad');
      });
    });
    expect((await call(service.port, 'GET', '/')).status).toBe(401);
    const caught = await call(service.port, 'GET', '/', { headers: { authorization: 'x' } });
    expect([caught.status, caught.json]).toEqual([418, { caught: 'bad' }]);
    expect((await call(service.port, 'GET', '/health')).status).toBe(200);
  });
});

describe('Versions', () => {
  const ask = async (service: Service, version?: string) => {
    const answer = await call(service.port, 'GET', '/a', version === undefined ? {} : { headers: { 'x-api-version': version } });
    return [answer.status, answer.json, answer.headers['x-api-version']];
  };
  const build = (it: Service) => {
    it.addHandler('GET /a', ({ version }) => ({ plain: version }));
    it.addVersion('2.0.0', 'GET /a', ({ version }) => ({ two: version }));
  };

  it('are chosen by X-API-Version; whoever asks for none or an unknown one gets the plain handler', async () => {
    const service = await serve(build);
    expect(await ask(service, '2.0.0')).toEqual([200, { two: '2.0.0' }, '2.0.0']);
    for (const version of [undefined, '', 'latest', '9']) {
      expect(await ask(service, version)).toEqual([200, { plain: 'latest' }, 'latest']);
    }
  });

  it('are refused when they are unknown and the service is strict', async () => {
    const service = await serve(build, { strictVersions: true });
    expect(await ask(service, '9')).toEqual([400, { error: 'Unknown version "9". Known: 2.0.0', code: 400 }, undefined]);
  });

  it('can be kept in a VersionedService with the middleware', async () => {
    const versions = new VersionedService<() => unknown>();
    versions.addVersion('1', () => 'one');
    versions.addVersion('latest', () => 'newest');
    const service = await serve((it) =>
      it.use(versionMiddleware).addHandler('GET /a', ({ version }) => versions.getHandler(version)()),
    );
    expect((await ask(service, '1'))[1]).toBe('one');
    expect((await ask(service, ''))[1]).toBe('newest');
  });
});

describe('Mounted handlers', () => {
  const application = (request: IncomingMessage & { originalUrl?: string }, response: ServerResponse) => {
    request.resume().on('end', () => response.end(`${request.method} ${request.url} of ${request.originalUrl}`));
  };

  it('get everything below their path, without the path, unless a handler matches', async () => {
    const service = await serve((it) => {
      it.mount('/legacy/', application);
      it.addHandler('GET /legacy/new', () => 'new');
    });
    expect((await call(service.port, 'POST', '/legacy/a/b?c=1', { body: 'x' })).text).toBe('POST /a/b?c=1 of /legacy/a/b?c=1');
    expect((await call(service.port, 'GET', '/legacy?c=1')).text).toBe('GET /?c=1 of /legacy?c=1');
    expect((await call(service.port, 'GET', '/legacy/new')).json).toBe('new');
    expect((await call(service.port, 'GET', '/legacyx')).status).toBe(404);
  });

  it('can stand at the root, below the health paths', async () => {
    const service = await serve((it) => it.mount('/', application));
    expect((await call(service.port, 'GET', '/')).text).toBe('GET / of /');
    expect((await call(service.port, 'GET', '/health')).json).toMatchObject({ status: 'healthy' });
  });

  it('are answered for when they throw, and cut off when they had begun', async () => {
    const throwing = async ({ url }: IncomingMessage, response: ServerResponse) => {
      response.setHeader('content-encoding', 'gzip');
      if (url === '/late') await new Promise((resolve) => response.write('half of', resolve));
      throw new Error('no');
    };
    const service = await serve((it) => it.mount('/legacy', throwing));
    const early = await call(service.port, 'GET', '/legacy/early');
    expect([early.status, early.json, early.headers['content-encoding']]).toEqual([
      500,
      { error: 'Internal server error', code: 500 },
      undefined,
    ]);
    await expect(call(service.port, 'GET', '/legacy/late')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('learn that a request without a body has ended, however late they listen, and that it is closed', async () => {
    const closed: string[] = [];
    const late = async (request: IncomingMessage, response: ServerResponse) => {
      request.on('close', () => closed.push(String(request.url)));
      await new Promise((resolve) => setImmediate(resolve));
      if (request.url === '/unread') response.end('not asked');
      else request.resume().on('end', () => response.end('ended'));
    };
    const service = await serve((it) => it.mount('/legacy', late));
    expect((await call(service.port, 'GET', '/legacy/read')).text).toBe('ended');
    expect((await call(service.port, 'GET', '/legacy/unread')).text).toBe('not asked');
    await expect.poll(() => closed).toEqual(['/read', '/unread']);
  });

  it('are not asked when the caller has gone meanwhile', async () => {
    const caller = new AbortController();
    const log: string[] = [];
    const service = await serve((it) => {
      it.use((next) => async (request) => {
        const gone = once(request.signal, 'abort');
        caller.abort();
        await gone;
        return next(request).finally(() => log.push('ended'));
      });
      it.mount('/legacy', () => log.push('asked'));
    });
    const calling = fetch(`http://127.0.0.1:${service.port}/legacy`, { signal: caller.signal });
    await expect(calling).rejects.toThrow('aborted');
    await expect.poll(() => log).toEqual(['ended']);
  });
});

describe('Metrics and spans', () => {
  it('tell each request by its route', async () => {
    const metrics = memoryMetrics();
    const service = await serve((it) => it.addHandler('GET /users/:id', () => 1), { metrics });
    await call(service.port, 'GET', '/users/7');
    await call(service.port, 'GET', '/wp-admin');
    const labels = { method: 'GET', path: '/users/:id', status: '200', status_class: '2xx' };
    expect(metrics.read('service.requests', labels)).toBe(1);
    expect(metrics.read('service.errors', { method: 'GET', path: 'unmatched' })).toBe(1);
  });

  it('that cannot be told do not fail the request', async () => {
    const { logger, lines } = recordingLogger();
    const throwing = () => {
      throw new Error('no such label');
    };
    const service = await serve((it) => it.addHandler('GET /', () => 'ok').addHandler('GET /later', async () => 'ok'), {
      logger,
      metrics: { ...memoryMetrics(), histogram: throwing },
    });
    for (const path of ['/', '/later']) expect((await call(service.port, 'GET', path)).json).toBe('ok');
    expect(lines).toEqual(['Panic: Error: no such label', 'Panic: Error: no such label']);
  });

  it('continue the trace of the caller', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const service = await serve((it) => it.addHandler('GET /', () => currentContext()?.trace?.traceId));
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    expect((await call(service.port, 'GET', '/', { headers })).json).toBe(traceId);
    expect((await call(service.port, 'GET', '/')).json).toMatch(/^[0-9a-f]{32}$/);
  });
});
