import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { virtualClock } from '@weft/conformance';
import { type Attempt, issuePath, noopMetrics, type ServiceInstance, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import driver, { openHttpTransport } from './index.js';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** A server of bytes, and the heads of the requests that it has seen. */
async function rawServer(answer: (socket: Socket) => void): Promise<{ port: number; heads: string[]; sockets: Set<Socket> }> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      heads.push(data.toString('latin1'));
      answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, heads, sockets };
}

function client(options: Parameters<typeof openHttpTransport>[0] = {}) {
  const transport = openHttpTransport(options);
  opened.push(transport);
  return transport;
}

function attempt(port: number, part: Partial<Attempt> = {}, host = '127.0.0.1'): Attempt {
  const endpoint = part.endpoint ?? { protocol: 'http', port };
  const instance = { id: 'a', host, endpoints: [endpoint] } as unknown as ServiceInstance;
  return { instance, endpoint, method: 'GET', path: '/', headers: [], stream: false, ...part };
}

const ok = (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');

describe('openHttpTransport', () => {
  it('sends exactly the headers that it is given, beside host, connection and the length', async () => {
    const { port, heads } = await rawServer(ok);
    await client().send(attempt(port, { method: 'POST', path: '/a?b=1', headers: ['x-one', '1', 'x-one', '2'], body: 'body' }));
    expect(heads[0]).toBe(
      `POST /a?b=1 HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: keep-alive\r\nx-one: 1\r\nx-one: 2\r\ncontent-length: 4\r\n\r\nbody`,
    );
  });

  it('sends nothing that could end a line: what comes unchecked is refused (R83)', async () => {
    const { port, heads } = await rawServer(ok);
    const transport = client();
    for (const part of [
      { method: 'GET /x HTTP/1.1\r\n' },
      { path: '/a\r\nx: y' },
      { path: '/a b' },
      { path: 'http://other/', method: 'G\0' },
      { headers: ['x-one', 'a\r\nb: c'] },
      { headers: ['x\r\ny', 'a'] },
      { headers: ['transfer-encoding', 'chunked'] },
    ]) {
      await expect(transport.send(attempt(port, part)), JSON.stringify(part)).rejects.toMatchObject({
        code: 'WEFT_INVALID_ARGUMENT',
      });
    }
    expect(heads).toEqual([]);
    expect(await transport.send(attempt(port))).toMatchObject({ status: 200 });
  });

  it('connects to the instance whatever the path says (R82)', async () => {
    const decoy = await rawServer(ok);
    const { port, heads } = await rawServer(ok);
    const transport = client();
    for (const path of [`http://127.0.0.1:${decoy.port}/`, `//127.0.0.1:${decoy.port}/`, `/@127.0.0.1:${decoy.port}/`]) {
      await transport.send(attempt(port, { path, headers: ['authorization', 'Bearer secret'] })).catch(() => {});
    }
    expect(decoy.heads).toEqual([]);
    expect(heads.length).toBeGreaterThan(0);
  });

  it('ends a try at a server that takes the request and never answers as soon as it is aborted (R11)', async () => {
    const { port, heads, sockets } = await rawServer(() => {});
    const one = attempt(port);
    const timeout = new WeftError('WEFT_DEADLINE_EXCEEDED', 'too slow', { failure: 'timeout', ambiguous: true });
    const sent = client()
      .send(one)
      .catch((error: unknown) => error);
    await expect.poll(() => heads.length).toBe(1);
    one.abort?.(timeout);
    expect(await sent).toBe(timeout);
    await expect.poll(() => sockets.size).toBe(0);
  });

  it('gives up by itself on a server that never answers (R11)', async () => {
    const { port, sockets } = await rawServer(() => {});
    const sent = client({ headersTimeout: 200 }).send(attempt(port));
    await expect(sent).rejects.toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', failure: 'timeout', ambiguous: true });
    await expect.poll(() => sockets.size).toBe(0);
  });

  it('gives up on a body that stalls, and destroys its socket (R12)', async () => {
    const { port, sockets } = await rawServer((socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'));
    const transport = client({ bodyTimeout: 200 });
    const error = { code: 'WEFT_DEADLINE_EXCEEDED', failure: 'timeout', ambiguous: true };
    await expect(transport.send(attempt(port))).rejects.toMatchObject(error);
    const streamed = await transport.send(attempt(port, { stream: true }));
    const read = async () => {
      for await (const part of streamed.body as AsyncIterable<Uint8Array>) expect(Buffer.from(part).toString()).toBe('half');
    };
    await expect(read()).rejects.toMatchObject(error);
    await expect.poll(() => sockets.size).toBe(0);
  });

  it('passes interim answers over', async () => {
    const { port } = await rawServer((socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
    expect(await client().send(attempt(port))).toMatchObject({ status: 200, headers: { 'content-length': '2' } });
  });

  it('cannot be polluted by header names, and joins repeated headers as node:http does', async () => {
    const head =
      'x-a: 1\r\nx-a: 2\r\n__proto__: evil\r\nconstructor: c\r\nAGE: 1\r\nage: 2\r\nset-cookie: a\r\ncontent-length: 0\r\n\r\n';
    const { port } = await rawServer((socket) => void socket.write(`HTTP/1.1 200 OK\r\n${head}`));
    const { headers } = await client().send(attempt(port));
    expect({ ...headers }).toEqual({ 'x-a': '1, 2', constructor: 'c', age: '1', 'set-cookie': ['a'], 'content-length': '0' });
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
  });

  it('fails a request whose body fails, as the caller’s fault', async () => {
    const { port } = await rawServer(() => {});
    const body = (async function* () {
      yield Buffer.from('half');
      throw new Error('the file is gone');
    })();
    await expect(client().send(attempt(port, { method: 'POST', body }))).rejects.toMatchObject({
      code: 'WEFT_INVALID_ARGUMENT',
      ambiguous: true,
      cause: { message: 'the file is gone' },
    });
  });

  it('reaches instances that share an endpoint object, or listen on IPv6, at their own hosts', async () => {
    const { port, heads } = await rawServer(ok);
    const endpoint = { protocol: 'http', port };
    const transport = client();
    expect((await transport.send(attempt(port, { endpoint }, '127.0.0.1'))).status).toBe(200);
    expect((await transport.send(attempt(port, { endpoint }, 'localhost'))).status).toBe(200);
    await expect(transport.send(attempt(port, { endpoint }, '::1'))).rejects.toMatchObject({ failure: 'refused' });
    expect(heads.map((head) => /host: (.*)\r/.exec(head)?.[1])).toEqual([`127.0.0.1:${port}`, `localhost:${port}`]);
  });

  it('cuts calls that are still under way 10 s after close()', async () => {
    const clock = virtualClock();
    const { port, heads } = await rawServer(() => {});
    const transport = client({ clock });
    const sent = transport.send(attempt(port)).catch((error: unknown) => error);
    await expect.poll(() => heads.length).toBe(1);
    const closing = transport.close();
    await clock.advance(10_000);
    expect(await sent).toMatchObject({ code: 'WEFT_CLOSED' });
    await closing;
  });
});

const folder = mkdtempSync(join(tmpdir(), 'weft-transport-http-'));
const hasOpenssl = certificate();
const pem = (name: string) => readFileSync(join(folder, name), 'utf8');

function certificate(): boolean {
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=orders.test',
  ];
  const files = [
    '-addext',
    'subjectAltName=DNS:orders.test',
    '-keyout',
    join(folder, 'key.pem'),
    '-out',
    join(folder, 'cert.pem'),
  ];
  try {
    execFileSync('openssl', [...request, ...files], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasOpenssl)('an https endpoint', () => {
  it('is verified by authority and name, and refused, unsent, when either is wrong', async () => {
    const server = createTlsServer({ key: pem('key.pem'), cert: pem('cert.pem') }, (_, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push(
      { close: () => server.close() && server.closeAllConnections() },
      { close: () => rmSync(folder, { recursive: true }) },
    );
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const endpoint = { protocol: 'https', port };
    const ca = pem('cert.pem');
    const send = (tls: Parameters<typeof openHttpTransport>[0]) => client(tls).send(attempt(port, { endpoint }));
    expect((await send({ tls: { ca, servername: 'orders.test' } })).status).toBe(200);
    expect((await send({ tls: { rejectUnauthorized: false } })).status).toBe(200);
    const refused = { code: 'WEFT_UNAUTHENTICATED', failure: 'refused', ambiguous: false };
    await expect(send({ tls: { ca, servername: 'users.test' } })).rejects.toMatchObject(refused);
    await expect(send({})).rejects.toMatchObject(refused);
  });
});

describe('the http driver', () => {
  const check = (options: unknown) => driver.options['~standard'].validate(options);

  it('takes the documented options', async () => {
    const options = {
      pool: { connections: 10, checkoutTimeout: '1s', idleTimeout: 500, maxAge: '5m' },
      connectTimeout: '1s',
      limits: { responseBytes: 1_000 },
    };
    expect(await check(options)).toEqual({ value: options });
    expect(await check({})).toEqual({ value: {} });
  });

  it('refuses unknown keys and wrong values, each with its path', async () => {
    const result = await check({ pool: { sockets: 1, idleTimeout: 'soon' }, limits: { responseBytes: -1 } });
    const paths = result.issues?.map((issue) => issuePath(issue));
    expect(paths?.sort()).toEqual(['limits.responseBytes', 'pool', 'pool.idleTimeout']);
  });

  it.each([
    [{ pool: { idleTimeout: 0 } }, 'pool.idleTimeout: 0: expected a duration above 0'],
    [{ pool: { maxAge: '0s' } }, 'pool.maxAge: 0: expected a duration above 0'],
    [{ connectTimeout: '0m0.0s' }, 'connectTimeout: 0: expected a duration above 0'],
    [{ pool: { connections: 0 } }, 'pool.connections: '],
    [{ limits: { responseBytes: Number.NaN } }, 'limits.responseBytes: '],
  ])('refuses %j, from a config and from a program', async (options, message) => {
    const { issues = [] } = await check(options);
    expect(issues.map((issue) => `${issuePath(issue)}: ${issue.message}`)).toEqual([expect.stringContaining(message)]);
    expect(() => client(options)).toThrow(expect.objectContaining({ code: 'WEFT_CONFIG_INVALID' }));
    expect(() => client(options)).toThrow(message);
  });

  it('lets a call not wait for a socket at all', async () => {
    expect(await check({ pool: { checkoutTimeout: 0 } })).toMatchObject({ value: { pool: { checkoutTimeout: 0 } } });
  });

  it('opens a client of the transport slot', async () => {
    const host = { clock: virtualClock(), get: () => noopMetrics } as unknown as Parameters<typeof driver.open>[1];
    const opening = driver.open({}, host);
    const { value, stop } = await opening;
    expect(value.client?.protocols).toEqual(['http', 'https']);
    await stop?.(new AbortController().signal);
    await expect(value.client?.send(attempt(1))).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });
});
