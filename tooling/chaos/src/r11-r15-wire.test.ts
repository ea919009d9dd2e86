import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { ClientOptions } from '@weft/client';
import { WeftError } from '@weft/core';
import { startFaultProxy } from '@weft-tooling/servers';
import { afterEach, describe, expect, it } from 'vitest';
import { Wire } from './wire.js';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
/** Of these calls; a try gets a third of it. */
const TIMEOUT_MS = 1_500;
const LATE_MS = 500;
const options = { timeout: TIMEOUT_MS };

async function timed<T>(promise: Promise<T>): Promise<{ value: T | WeftError; tookMs: number }> {
  const startedAt = performance.now();
  const value = await promise.catch(WeftError.from);
  return { value, tookMs: performance.now() - startedAt };
}

describe('what a caller sees of a bad wire', () => {
  const wire = new Wire();
  afterEach(() => wire.close());

  it('R11 one that accepts and never answers: a GET is repeated elsewhere at the end of its try, a POST ends in time', async () => {
    const silent = await wire.serveBytes((socket) => socket.resume());
    const good = await wire.serve((_, response) => response.end('{}'));
    const client = wire.call([silent.port, good.port]);
    const gets = await Promise.all(Array.from({ length: 10 }, () => timed(client.get('/users/7', options))));
    for (const { value, tookMs } of gets) {
      expect(value).toMatchObject({ statusCode: 200 });
      expect(tookMs).toBeLessThan(TIMEOUT_MS / 3 + LATE_MS);
    }
    expect(
      gets.some(({ tookMs }) => tookMs > TIMEOUT_MS / 3 - 50),
      'some met the silent one',
    ).toBe(true);
    const alone = wire.call([silent.port]);
    const ends = await Promise.all([timed(alone.get('/users/7', options)), timed(alone.post('/users', {}, options))]);
    for (const { value, tookMs } of ends) {
      expect(value).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', ambiguous: true });
      expect(tookMs).toBeLessThan(TIMEOUT_MS + LATE_MS);
    }
    await expect.poll(() => silent.sockets.size).toBe(0);
  });

  it('R12 a body that stalls ends at the time of the try, or of the call when it is read in pieces; the socket is not used again', async () => {
    let stalls = true;
    const { port, sockets } = await wire.serveBytes((socket) => {
      socket.on('data', () => socket.write(stalls ? 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf' : OK));
    });
    const client = wire.call([port], { retries: 0 });
    const whole = await timed(client.post('/users', {}, options));
    expect(whole.value).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', ambiguous: true });
    expect(whole.tookMs).toBeLessThan(TIMEOUT_MS + LATE_MS);
    const streamed = await client.call('GET', '/users/export', null, { ...options, stream: true });
    const read = async () => {
      for await (const piece of streamed.body) expect(Buffer.from(piece).toString()).toBe('half');
    };
    const piecewise = await timed(read());
    expect(piecewise.value).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED' });
    expect(piecewise.tookMs).toBeLessThan(TIMEOUT_MS + LATE_MS);
    await expect.poll(() => sockets.size).toBe(0);
    stalls = false;
    expect((await client.get('/users/7', options)).text()).toBe('ok');
  });

  it('R13 a peer that vanished without a word is found dead within one try, on pooled sockets and new ones', async () => {
    const serve = () => wire.serve((_, response) => void setTimeout(() => response.end('{}'), 20));
    const [gone, good] = [await serve(), await serve()];
    const proxy = await startFaultProxy({ port: gone.port });
    wire.onClose(() => proxy.close());
    const client = wire.call([proxy.port, good.port]);
    const twenty = () => Promise.all(Array.from({ length: 20 }, () => timed(client.get('/users/7', options))));
    await twenty();
    expect(proxy.connections, 'idle sockets to the one that vanishes').toBeGreaterThanOrEqual(5);
    proxy.stall();
    for (const { value, tookMs } of await twenty()) {
      expect(value).toMatchObject({ statusCode: 200 });
      expect(tookMs).toBeLessThan(TIMEOUT_MS / 3 + LATE_MS);
    }
    for (const { tookMs } of await twenty()) expect(tookMs, 'it is known now').toBeLessThan(LATE_MS);
    expect((await client.post('/users', {}, options)).statusCode).toBe(200);
    proxy.heal();
    await expect.poll(async () => (await client.get('/users/7')).instance.id, { timeout: 10_000 }).toBe('users-1');
  });

  it.runIf(process.platform === 'linux')('R13 TCP keep-alive is on, at 30 s', async () => {
    const { port } = await wire.serve((_, response) => response.end('{}'));
    await wire.call([port]).get('/users/7');
    const [, leftMs] = keepAliveOf(port);
    expect(leftMs).toBeGreaterThan(25_000);
    expect(leftMs).toBeLessThanOrEqual(30_500);
  });

  /** 50 idle connections to each of `count` servers, which are all closed at the moment of their reuse by as many calls. */
  async function reuseClosed(count: number, options: Partial<ClientOptions>) {
    const dying = new Set<Socket>();
    const serve = () =>
      wire.serveBytes((socket) => socket.on('data', () => (dying.has(socket) ? socket.resetAndDestroy() : socket.write(OK))));
    const servers = await Promise.all(Array.from({ length: count }, serve));
    const client = wire.call(
      servers.map(({ port }) => port),
      options,
    );
    const calls = Array.from({ length: 50 * count }, (_, n) => n);
    await Promise.all(calls.map(() => client.get('/users/7')));
    for (const { sockets } of servers) for (const socket of sockets) dying.add(socket);
    expect(dying.size).toBeGreaterThan(25 * count);
    const ends = await Promise.all(calls.map((n) => timed(n % 3 === 2 ? client.post('/users', {}) : client.get('/users/7'))));
    const failures = (from: typeof ends) => from.flatMap(({ value }) => (value instanceof WeftError ? [value] : []));
    return {
      client,
      gets: failures(ends.filter((_, n) => n % 3 !== 2)),
      posts: failures(ends.filter((_, n) => n % 3 === 2)),
    };
  }

  it('R14 idle connections that are closed at the moment of reuse cost no GET, and a POST only when it may have been sent', async () => {
    const { client, gets, posts } = await reuseClosed(1, { circuitBreaker: false });
    expect(gets).toEqual([]);
    for (const error of posts) expect(error).toMatchObject({ code: 'WEFT_UNAVAILABLE', failure: 'stale', ambiguous: true });
    expect((await client.post('/users', {})).statusCode).toBe(200);
  });

  it.each([1, 5])('R14 the same with the default breaker, on each of %i servers', async (count) => {
    const { client, gets } = await reuseClosed(count, {});
    expect(client.getCircuitBreaker()?.isClosed()).toBe(true);
    expect(gets).toEqual([]);
  });

  it.each([
    ['no HTTP', 'hello there\r\n\r\n'],
    ['a status that is no number', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['an unknown version', 'HTTP/9.9 200 OK\r\ncontent-length: 0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello'],
    ['a bad chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n'],
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nx-broken\r\ncontent-length: 0\r\n\r\n'],
    ['a space in a header name', 'HTTP/1.1 200 OK\r\nx broken: 1\r\ncontent-length: 0\r\n\r\n'],
  ])(
    'R15 %s is WEFT_PROTOCOL_ERROR at once; the socket is dropped by the caller, and the next call is fine',
    async (_, bytes) => {
      let answer = bytes;
      const { port, sockets } = await wire.serveBytes((socket) => socket.on('data', () => socket.write(answer, 'latin1')));
      const client = wire.call([port]);
      const { value, tookMs } = await timed(client.post('/users', {}));
      expect(value).toMatchObject({ code: 'WEFT_PROTOCOL_ERROR', ambiguous: true });
      expect(tookMs).toBeLessThan(LATE_MS);
      await expect.poll(() => sockets.size).toBe(0);
      answer = OK;
      expect((await client.post('/users', {})).text()).toBe('ok');
    },
  );
});

/** The local port of the connection of this machine to a port, and ms until its keep-alive probe, as the kernel tells. */
function keepAliveOf(port: number): readonly [number, number] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const [, local = '', remote = '', , , timer = ''] = line.trim().split(/\s+/);
    const [kind, ticks = '0'] = timer.split(':');
    if (remote.endsWith(`:${hex}`) && kind === '02')
      return [Number.parseInt(local.split(':')[1] ?? '', 16), Number.parseInt(ticks, 16) * 10];
  }
  throw new Error(`no connection to ${port} has a keep-alive timer`);
}
