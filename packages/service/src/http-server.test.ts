import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { settle, virtualClock } from '@weft/conformance';
import { noopLogger } from '@weft/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, callRaw } from './http-call.fixture.js';
import { HttpServer } from './http-server.js';
import { Service } from './service.js';

let service: Service;
const HOST = 'host: a\r\n';

beforeEach(async () => {
  service = new Service({ name: 'test' });
  service.addHandler('POST /', ({ body }) => ({ body: body ?? null }));
  service.addHandler('GET /', () => 'ok');
  service.addHandler('GET /forwarded', ({ headers, remoteAddress }) => [headers['x-forwarded-for'], remoteAddress]);
  await service.start();
});

afterEach(() => service.stop({ immediate: true }));

describe('R87 A body beyond the limit', () => {
  const MIB = 1_048_576;

  it('is refused with 413 by its announced length, and the connection is closed', async () => {
    const answer = await callRaw(
      service.port,
      `POST / HTTP/1.1\r\n${HOST}content-length: ${64 * MIB}\r\n\r\nabc`.padEnd(1_000, 'x'),
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toMatch(/connection: close/i);
  });

  it('is refused while it comes, however long the sender goes on', async () => {
    const before = process.memoryUsage().rss;
    let answer = '';
    let sentBytes = 0;
    await new Promise<void>((resolve) => {
      const piece = `10000\r\n${'x'.repeat(65_536)}\r\n`;
      const socket = connect(service.port, '127.0.0.1', () => {
        socket.write(`POST / HTTP/1.1\r\n${HOST}transfer-encoding: chunked\r\n\r\n`);
        const more = () => {
          while (!socket.destroyed && sentBytes < 256 * MIB) {
            sentBytes += piece.length;
            if (!socket.write(piece)) return void socket.once('drain', more);
          }
        };
        more();
      });
      socket.on('data', (chunk) => (answer += chunk.toString()));
      socket.on('error', () => {}).on('close', () => resolve());
    });
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(sentBytes).toBeLessThan(64 * MIB);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * MIB);
  });

  it('is refused after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * MIB));
    expect(bomb.byteLength).toBeLessThan(MIB);
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' };
    expect((await call(service.port, 'POST', '/', { headers, body: bomb })).status).toBe(413);
  });

  it('is refused before the caller sends it, when the caller asks first', async () => {
    const head = `POST / HTTP/1.1\r\n${HOST}content-type: text/plain\r\nexpect: 100-continue\r\nconnection: close\r\n`;
    expect(await callRaw(service.port, `${head}content-length: 3\r\n\r\nabc`)).toMatch(
      /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/,
    );
    expect(await callRaw(service.port, `${head}content-length: ${2 * MIB}\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 /);
  });
});

describe('R88 A request with too much in front of the body', () => {
  it.each([
    ['431', 'headers of 20 KB', `GET / HTTP/1.1\r\n${HOST}x: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['431', '500 headers', `GET / HTTP/1.1\r\n${HOST}connection: close\r\n${'x: 1\r\n'.repeat(500)}\r\n`],
    ['414', 'a URL of 9 KB', `GET /${'x'.repeat(9_000)} HTTP/1.1\r\n${HOST}connection: close\r\n\r\n`],
    ['404', 'a path of many parts', `GET ${'/a'.repeat(4_000)} HTTP/1.1\r\n${HOST}connection: close\r\n\r\n`],
  ])('is refused with %s: %s', async (status, _, bytes) => {
    expect(await callRaw(service.port, bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect((await call(service.port, 'GET', '/')).status).toBe(200);
  });
});

describe('R90 A request that others could read differently', () => {
  const chunked = 'transfer-encoding: chunked\r\n';
  it.each([
    ['two framings', `POST / HTTP/1.1\r\n${HOST}content-length: 6\r\n${chunked}\r\n0\r\n\r\nX`],
    ['two lengths', `POST / HTTP/1.1\r\n${HOST}content-length: 6\r\ncontent-length: 5\r\n\r\nabcdef`],
    ['a folded header', `GET / HTTP/1.1\r\n${HOST}x: a\r\n b\r\n\r\n`],
    ['bare line feeds', `GET / HTTP/1.1\nhost: a\n\n`],
    ['a bare line feed in a header', `GET / HTTP/1.1\r\nhost: a\nx: y\r\n\r\n`],
    ['a bare carriage return', `GET / HTTP/1.1\r\n${HOST}x: a\rb\r\n\r\n`],
    ['an unknown framing', `POST / HTTP/1.1\r\n${HOST}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['a framing that does not end in chunked', `POST / HTTP/1.1\r\n${HOST}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ['a space before the colon', `POST / HTTP/1.1\r\n${HOST}content-length : 5\r\n\r\nabcde`],
    ['a signed length', `POST / HTTP/1.1\r\n${HOST}content-length: +5\r\n\r\nabcde`],
    ['line feeds in chunks', `POST / HTTP/1.1\r\n${HOST}${chunked}\r\n5\nabcde\n0\n\n`],
    ['a chunk size in C', `POST / HTTP/1.1\r\n${HOST}${chunked}\r\n0x5\r\nabcde\r\n0\r\n\r\n`],
    ['a zero byte', `GET / HTTP/1.1\r\n${HOST}x: a\0b\r\n\r\n`],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a URL of another host', `GET http://b/ HTTP/1.1\r\n${HOST}connection: close\r\n\r\n`],
    ['a broken escape', `GET /%zz HTTP/1.1\r\n${HOST}connection: close\r\n\r\n`],
  ])('is answered with 400 and closed: %s', async (_, bytes) => {
    const answer = await callRaw(service.port, bytes);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toMatch(/connection: close/i);
    expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1);
  });

  it('is not tunnelled to another host', async () => {
    expect(await callRaw(service.port, `CONNECT b:1 HTTP/1.1\r\n${HOST}\r\n`)).toBe('');
  });
});

describe('Connections', () => {
  it('R89 that never finish their headers are cut, and do not disturb the others', async () => {
    const server = new HttpServer({ logger: noopLogger, headersTimeoutMs: 300 });
    const listening = await server.listen({ host: '127.0.0.1', port: 0 }, () => ({ status: 204, headers: {} }));
    const { port } = listening.endpoint;
    const slow = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'));
    const cuts = slow.map((socket) => new Promise((resolve) => socket.on('error', () => {}).on('close', resolve)));
    for (const socket of slow) socket.write('GET / HTTP/1.1\r\nhost:');
    const trickle = setInterval(() => {
      for (const socket of slow) if (socket.writable) socket.write('x');
    }, 50);
    expect((await call(port, 'GET', '/')).status).toBe(204);
    await Promise.all(cuts);
    clearInterval(trickle);
    expect((await call(port, 'GET', '/')).status).toBe(204);
    await listening.close();
  });

  it('beyond the cap are dropped', async () => {
    const server = new HttpServer({ logger: noopLogger, connections: 1 });
    const listening = await server.listen({ host: '127.0.0.1', port: 0 }, () => ({ status: 204, headers: {} }));
    const agent = new Agent({ keepAlive: true });
    expect((await call(listening.endpoint.port, 'GET', '/', { agent })).status).toBe(204);
    await expect(call(listening.endpoint.port, 'GET', '/')).rejects.toThrow();
    agent.destroy();
    await listening.close();
  });

  it('stay open between requests for 65 s', async () => {
    const agent = new Agent({ keepAlive: true });
    expect((await call(service.port, 'GET', '/', { agent })).headers['keep-alive']).toBe('timeout=65');
    agent.destroy();
  });

  it('take requests that do not wait for each other, with a body or without, and answer them in turn', async () => {
    const get = `GET / HTTP/1.1\r\n${HOST}\r\n`;
    const empty = `POST / HTTP/1.1\r\n${HOST}content-length: 0\r\n\r\n`;
    const post = `POST / HTTP/1.1\r\n${HOST}content-type: application/json\r\ncontent-length: 1\r\n\r\n7`;
    const last = `GET / HTTP/1.1\r\n${HOST}connection: close\r\n\r\n`;
    const answers = await callRaw(service.port, get + post + get + get + empty + post + last);
    const bodies = answers.match(/(?<=\r\n\r\n)(?:"ok"|\{[^}]*\})/g);
    expect(bodies).toEqual(['"ok"', '{"body":7}', '"ok"', '"ok"', '{"body":null}', '{"body":7}', '"ok"']);
  });

  it('R20 that were accepted just before a drain, and send their first byte in it, are answered', async () => {
    const server = new HttpServer({ logger: noopLogger });
    const listening = await server.listen({ host: '127.0.0.1', port: 0 }, () => ({ status: 204, headers: {} }));
    const slow = connect(listening.endpoint.port, '127.0.0.1');
    await new Promise((resolve) => slow.once('connect', resolve));
    await settle();
    const drained = listening.drain(60_000);
    let answer = '';
    slow.on('data', (chunk) => (answer += chunk.toString()));
    const closed = new Promise((resolve) => slow.once('close', resolve));
    await new Promise((resolve) => setTimeout(resolve, 120));
    slow.write(`POST / HTTP/1.1\r\n${HOST}content-length: 0\r\n\r\n`);
    await Promise.all([drained, closed]);
    expect(answer).toMatch(/^HTTP\/1.1 204 /);
    expect(answer).toMatch(/connection: close/i);
  });

  it('R20 that still wait to be accepted when a drain begins are all answered', async () => {
    const server = new HttpServer({ logger: noopLogger });
    const listening = await server.listen({ host: '127.0.0.1', port: 0 }, () => ({ status: 204, headers: {} }));
    const answers = Array.from({ length: 30 }, async () => {
      const socket = connect(listening.endpoint.port, '127.0.0.1');
      socket.write(`POST / HTTP/1.1\r\n${HOST}content-length: 0\r\n\r\n`);
      const [data] = await once(socket, 'data');
      return String(data).slice(0, 12);
    });
    await listening.drain(60_000);
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 204']));
  });

  it('R20 that callers use later than they should know of a leave are still answered for three times as long, then closed', async () => {
    const clock = virtualClock();
    const server = new HttpServer({ logger: noopLogger, clock });
    const listening = await server.listen({ host: '127.0.0.1', port: 0 }, () => ({ status: 204, headers: {} }));
    const { port } = listening.endpoint;
    const late = new Agent({ keepAlive: true });
    const idle = new Agent({ keepAlive: true });
    await Promise.all([call(port, 'GET', '/', { agent: late }), call(port, 'GET', '/', { agent: idle })]);
    await settle();
    listening.leave();
    await clock.advance(300);
    const drained = listening.drain(60_000);
    await clock.advance(550);
    await expect(call(port, 'GET', '/')).rejects.toThrow('ECONNREFUSED');
    const answer = await call(port, 'POST', '/', { agent: late });
    expect([answer.status, answer.headers.connection]).toEqual([204, 'close']);
    await clock.advance(50);
    await drained;
    expect(clock.pendingTimers()).toBe(0);
    for (const agent of [late, idle]) agent.destroy();
  });

  it('R20 of callers that follow the registry are kept ten times as long, and no drain waits when they have closed theirs', async () => {
    const clock = virtualClock();
    const server = new HttpServer({ logger: noopLogger, clock });
    const listening = await server.listen({ host: '127.0.0.1', port: 0 }, () => ({ status: 204, headers: {} }));
    const { port } = listening.endpoint;
    const [stranger, late, prompt] = [
      new Agent({ keepAlive: true }),
      new Agent({ keepAlive: true }),
      new Agent({ keepAlive: true }),
    ];
    const headers = { 'x-request-timeout-ms': '10000' };
    await call(port, 'GET', '/', { agent: stranger });
    for (const agent of [late, prompt]) await call(port, 'GET', '/', { agent, headers });
    await settle();
    listening.leave();
    await clock.advance(300);
    prompt.destroy();
    const drained = listening.drain(60_000);
    await clock.advance(2_650);
    const answer = await call(port, 'POST', '/', { agent: late, headers });
    expect([answer.status, answer.headers.connection]).toEqual([204, 'close']);
    await clock.advance(50);
    await drained;
    for (const agent of [stranger, late]) agent.destroy();
  });

  it('R20 are not kept longer than 5 s after the leave, whoever has them', async () => {
    const clock = virtualClock();
    const server = new HttpServer({ logger: noopLogger, clock });
    const listening = await server.listen({ host: '127.0.0.1', port: 0 }, () => ({ status: 204, headers: {} }));
    const agent = new Agent({ keepAlive: true });
    await call(listening.endpoint.port, 'GET', '/', { agent, headers: { 'x-request-timeout-ms': '10000' } });
    await settle();
    listening.leave();
    await clock.advance(2_000);
    const drained = listening.drain(60_000);
    let isOver = false;
    drained.then(() => {
      isOver = true;
    });
    await clock.advance(2_900);
    expect(isOver).toBe(false);
    await clock.advance(100);
    await drained;
    agent.destroy();
  });

  it('that are silent or idle do not hold a drain up, and a drain may be joined by close', async () => {
    const server = new HttpServer({ logger: noopLogger });
    const listening = await server.listen({ host: '127.0.0.1', port: 0 }, () => ({ status: 204, headers: {} }));
    const agent = new Agent({ keepAlive: true });
    await call(listening.endpoint.port, 'GET', '/', { agent });
    const silent = connect(listening.endpoint.port, '127.0.0.1');
    await new Promise((resolve) => silent.once('connect', resolve));
    await settle();
    const drained = listening.drain(60_000);
    await Promise.all([drained, listening.close(), listening.close()]);
    agent.destroy();
    await expect(call(listening.endpoint.port, 'GET', '/')).rejects.toThrow('ECONNREFUSED');
  });
});

describe('A port in use', () => {
  it('is told as a conflict', async () => {
    const second = new Service({ name: 'test', port: service.port });
    await expect(second.start()).rejects.toMatchObject({ code: 'WEFT_CONFLICT' });
    expect(second.isRunning()).toBe(false);
  });
});

describe('R95 What a peer says about the caller', () => {
  it('counts from loopback', async () => {
    const answer = await call(service.port, 'GET', '/forwarded', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(answer.json).toEqual(['203.0.113.9', '203.0.113.9']);
  });

  it('does not count from a peer that is not trusted', async () => {
    const other = new Service({ name: 'test', trustedPeers: ['10.0.0.1'] });
    other.addHandler('GET /', ({ headers, remoteAddress }) => [headers['x-forwarded-for'] ?? null, remoteAddress]);
    await other.start();
    const answer = await call(other.port, 'GET', '/', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(answer.json).toEqual([null, '127.0.0.1']);
    await other.stop({ immediate: true });
  });
});
