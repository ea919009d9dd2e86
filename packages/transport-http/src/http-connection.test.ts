import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { ConnectionPool, type ConnectionPoolOptions, type HttpConnection } from './index.js';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function serving(answer: RequestListener) {
  const sockets = new Set<unknown>();
  const server = createServer(answer).on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ close: () => server.close() && server.closeAllConnections() });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets, server };
}

/** A pool that is closed when the test ends, with all that it lent given back. */
function pooled(options: ConnectionPoolOptions<HttpConnection>) {
  const pool = new ConnectionPool(options);
  const lent: HttpConnection[] = [];
  opened.push({
    async close() {
      for (const connection of lent) pool.returnConnection(connection);
      await pool.close();
    },
  });
  const lend = async () => {
    const connection = await pool.getConnection();
    lent.push(connection);
    return connection;
  };
  return { pool, lend };
}

const failureOf = (given: Promise<unknown>) => given.then(() => undefined, WeftError.from);
const ok: RequestListener = (request, response) => response.end(`${request.method} ${request.url}`);

describe('a connection of a ConnectionPool', () => {
  it('carries requests one after the other over one socket', async () => {
    const { url, sockets } = await serving(ok);
    const { lend } = pooled({ url });
    const connection = await lend();
    for (const path of ['/users/1', '/users/2?a=b']) {
      const { status, body } = await connection.request('get', path);
      expect([status, String(body)]).toEqual([200, `GET ${path}`]);
    }
    expect(sockets.size).toBe(1);
  });

  it('sends headers and body, and gives the head of the answer', async () => {
    const seen: IncomingMessage[] = [];
    const { url } = await serving((request, response) => {
      seen.push(request);
      request.pipe(response.setHeader('X-Echo', 'yes'));
    });
    const connection = await pooled({ url }).lend();
    const reply = await connection.request('POST', '/', { headers: { 'X-Two': ['1', '2'], 'x-none': undefined }, body: 'hello' });
    expect(seen[0]?.headers).toMatchObject({ 'x-two': '1, 2', 'content-length': '5' });
    expect([String(reply.body), reply.headers['x-echo']]).toEqual(['hello', 'yes']);
  });

  it('keeps its socket when it is given back and lent again', async () => {
    const { url, sockets } = await serving(ok);
    const { pool } = pooled({ url, maxConnections: 1 });
    for (let round = 0; round < 5; round++) {
      const connection = await pool.getConnection();
      await connection.request('GET', '/');
      pool.returnConnection(connection);
    }
    expect(sockets.size).toBe(1);
  });

  it('carries one request at a time, and is not valid meanwhile', async () => {
    const waiting: ServerResponse[] = [];
    const { url } = await serving((_, response) => void waiting.push(response));
    const connection = await pooled({ url }).lend();
    const first = connection.request('GET', '/');
    expect(await failureOf(connection.request('GET', '/'))).toMatchObject({ code: 'WEFT_CONFLICT' });
    expect(connection.isValid()).toBe(false);
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]?.end();
    await first;
    expect(connection.isValid()).toBe(true);
  });

  it('is busy until a streamed answer has been read, and cut when it is given back before', async () => {
    const { url } = await serving((_, response) => {
      response.write('first');
    });
    const { pool, lend } = pooled({ url });
    const connection = await lend();
    const { body } = await connection.request('GET', '/', { stream: true });
    pool.returnConnection(connection);
    const read = async () => {
      for await (const piece of body as AsyncIterable<Uint8Array>) void piece;
    };
    expect(await failureOf(read())).toMatchObject({ code: 'WEFT_CLOSED', ambiguous: true });
    expect(pool.stats().total).toBe(0);
  });

  it('is no longer valid when the server has closed it, and is replaced', async () => {
    const { url, sockets, server } = await serving(ok);
    const { pool } = pooled({ url, maxConnections: 1 });
    const connection = await pool.getConnection();
    await connection.request('GET', '/');
    pool.returnConnection(connection);
    server.closeIdleConnections();
    await expect.poll(() => connection.isValid()).toBe(false);
    const next = await pool.getConnection();
    expect((await next.request('GET', '/')).status).toBe(200);
    pool.returnConnection(next);
    expect([sockets.size, next === connection, pool.stats().total]).toEqual([2, false, 1]);
  });

  it('ends a request by its signal, before or on the wire', async () => {
    const seen: string[] = [];
    const { url } = await serving(({ url: path = '' }) => void seen.push(path));
    const { lend } = pooled({ url });
    const controller = new AbortController();
    const [first, second] = [await lend(), await lend()];
    const under = first.request('GET', '/under', { signal: controller.signal });
    await expect.poll(() => seen).toEqual(['/under']);
    const unsent = second.request('GET', '/unsent', { signal: controller.signal });
    controller.abort();
    expect(await failureOf(under)).toMatchObject({ code: 'WEFT_CANCELLED', ambiguous: true });
    expect(await failureOf(unsent)).toMatchObject({ code: 'WEFT_CANCELLED', ambiguous: false });
    const late = (await lend()).request('GET', '/late', { signal: controller.signal });
    expect(await failureOf(late)).toMatchObject({ code: 'WEFT_CANCELLED', ambiguous: false });
    expect(seen).toEqual(['/under']);
  });

  it('fails like the transport where nobody listens, unsent, and is not lent again', async () => {
    const { url, server } = await serving(ok);
    await new Promise((resolve) => server.close(resolve));
    const { pool, lend } = pooled({ url });
    const connection = await lend();
    expect(await failureOf(connection.request('GET', '/'))).toMatchObject({
      code: 'WEFT_UNAVAILABLE',
      failure: 'refused',
      ambiguous: false,
    });
    expect(connection.isValid()).toBe(false);
    expect(await failureOf(connection.request('GET', '/'))).toMatchObject({ code: 'WEFT_CLOSED' });
    pool.returnConnection(connection);
    expect(pool.stats().total).toBe(0);
  });

  it('speaks to the one url of the pool alone, and shows no credentials in what it says', async () => {
    const { url } = await serving(ok);
    const { lend } = pooled({ url });
    const connection = await lend();
    for (const target of ['http://other/', 'users', '', 'http://a:secret@other/']) {
      const error = await failureOf(connection.request('GET', target));
      expect(error, target).toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
      expect(error?.message).not.toContain('secret');
    }
    expect(String((await connection.request('GET', '//other/x')).body)).toBe('GET //other/x');
  });

  it('goes where each request says in a pool without a url', async () => {
    const [one, two] = [await serving(ok), await serving(ok)];
    const { lend } = pooled({});
    const connection = await lend();
    for (const { url } of [one, one, two]) expect((await connection.request('GET', `${url}/a?b=c`)).status).toBe(200);
    expect([one.sockets.size, two.sockets.size, connection.isValid()]).toEqual([1, 1, true]);
    expect(await failureOf(connection.request('GET', '/users'))).toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
  });
});
