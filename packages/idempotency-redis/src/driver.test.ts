import { inspect } from 'node:util';
import { noopLogger, systemClock, WeftError } from '@weft/core';
import { describeOn, type RunningServer, startFaultProxy, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import driver, { openRedisIdempotency, type RedisIdempotencyOptions } from './index.js';

const { signal } = new AbortController();
const LEASE = { fingerprint: 'POST /orders', leaseMs: 60_000, signal };
const ANSWER = { status: 201, headers: { etag: '"1"' }, body: Buffer.from('done') };

describe('the driver idempotency/redis', () => {
  it('refuses what is no option and what no server could be reached by', async () => {
    const check = (options: unknown) => driver.options['~standard'].validate(options);
    const options = { address: 'a:1,b:2', username: 'u', password: 'p', db: 1, prefix: 'shop', timeout: '1s' };
    expect(await check(options)).toEqual({ value: options });
    for (const wrong of [{ adress: 'a' }, { address: 'a b' }, { prefix: '' }, { timeout: 0 }, { timeout: 'soon' }])
      expect(await check(wrong), JSON.stringify(wrong)).toHaveProperty('issues');
  });
});

describeOn('redis', describe)('an idempotency store on a server', () => {
  let server: RunningServer;
  let closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    server = await startServer('redis');
  });
  afterEach(async () => {
    for (const close of closing.reverse()) await close();
    closing = [];
  });
  afterAll(() => server?.stop());

  async function opened(options: RedisIdempotencyOptions = {}) {
    const store = await openRedisIdempotency({ address: server.address, ...options });
    closing.push(() => store.close());
    return store;
  }

  async function proxied() {
    const proxy = await startFaultProxy({ port: server.port });
    closing.push(() => proxy.close());
    return proxy;
  }

  async function claimed(store: Awaited<ReturnType<typeof opened>>, key: string): Promise<string> {
    const claim = await store.claim(key, LEASE);
    return claim.state === 'claimed' ? claim.token : expect.unreachable(claim.state);
  }

  it('keeps claim and answer under weft:idempotency:<key>, and the key goes by itself', async () => {
    const store = await opened();
    const token = await claimed(store, 'a b');
    const leftMs = async () => Number(await server.run(['pttl', 'weft:idempotency:a b']));
    expect(await leftMs()).toBeGreaterThan(50_000);
    await store.complete('a b', token, { answer: ANSWER, ttlMs: 5_000, signal });
    expect(await leftMs()).toBeLessThanOrEqual(5_000);
    expect(await leftMs()).toBeGreaterThan(0);
    expect(await server.run(['hget', 'weft:idempotency:a b', 'body'])).toContain('done');
    const other = await opened({ prefix: 'shop' });
    expect((await other.claim('a b', LEASE)).state).toBe('claimed');
  });

  it('keeps its password to itself when it is printed or written as JSON', async () => {
    await server.run(['acl', 'setuser', 'ada', 'on', '>sesame', '~*', '&*', '+@all']);
    const store = await opened({ username: 'ada', password: 'sesame' });
    expect(JSON.stringify(store)).not.toContain('sesame');
    expect(inspect(store, { depth: null, showHidden: true })).not.toContain('sesame');
  });

  it('refuses a time that is none with WEFT_INVALID_ARGUMENT, and does nothing', async () => {
    const store = await opened();
    const refused = { code: 'WEFT_INVALID_ARGUMENT' };
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(store.claim('times', { ...LEASE, leaseMs: bad })).rejects.toMatchObject(refused);
      await expect(store.renew('times', 'a', { leaseMs: bad, signal })).rejects.toMatchObject(refused);
      await expect(store.complete('times', 'a', { answer: ANSWER, ttlMs: bad, signal })).rejects.toMatchObject(refused);
    }
    expect((await store.claim('times', { ...LEASE, leaseMs: 0.5 })).state).toBe('claimed');
  });

  it('says WEFT_REGISTRY_UNAVAILABLE of a key that holds something else, and leaves it alone', async () => {
    const store = await opened();
    await server.run(['set', 'weft:idempotency:text', 'a text']);
    await server.run(['hset', 'weft:idempotency:hash', 'fingerprint', 'x', 'status', 'none', 'headers', '{}', 'body', '']);
    await server.run(['hset', 'weft:idempotency:headers', 'fingerprint', 'x', 'status', '200', 'headers', 'null', 'body', '']);
    for (const key of ['text', 'hash', 'headers']) {
      await expect(store.claim(key, LEASE)).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
    }
    expect((await server.run(['get', 'weft:idempotency:text'])).trim()).toBe('a text');
  });

  it('says within its timeout that the server is silent, or gone, and works on when it is back', async () => {
    const proxy = await proxied();
    const store = await opened({ address: proxy.address, timeout: '500ms' });
    const token = await claimed(store, 'gone');
    for (const harm of ['stall', 'cut'] as const) {
      proxy[harm]();
      const fromAt = systemClock.now();
      const unavailable = { code: 'WEFT_REGISTRY_UNAVAILABLE' };
      await expect(store.claim('gone', LEASE)).rejects.toMatchObject(unavailable);
      await expect(store.complete('gone', 'x', { answer: ANSWER, ttlMs: 1_000, signal })).rejects.toMatchObject(unavailable);
      expect(systemClock.now() - fromAt).toBeLessThan(3_000);
      proxy.heal();
      await vi.waitFor(() => store.renew('gone', token, LEASE), { timeout: 10_000, interval: 50 });
    }
    expect(await store.complete('gone', token, { answer: ANSWER, ttlMs: 60_000, signal })).toBe(true);
  });

  it('keeps an answer over a short loss of the connection: the work is done already', async () => {
    const proxy = await proxied();
    const store = await opened({ address: proxy.address });
    const token = await claimed(store, 'short loss');
    proxy.cut();
    await vi.waitFor(() => expect(store.claim('other', LEASE)).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' }), {
      timeout: 10_000,
    });
    const completing = store.complete('short loss', token, { answer: ANSWER, ttlMs: 60_000, signal });
    proxy.heal();
    expect(await completing).toBe(true);
    expect(await store.claim('short loss', LEASE)).toMatchObject({ state: 'done', answer: { status: 201 } });
  });

  it('ends a wait at once when its signal is aborted', async () => {
    const proxy = await proxied();
    const store = await opened({ address: proxy.address });
    proxy.stall();
    const stopping = new AbortController();
    const claiming = store.claim('aborted', { ...LEASE, signal: stopping.signal });
    stopping.abort();
    await expect(claiming).rejects.toBeInstanceOf(WeftError);
  });

  it('is refused with a password that the server does not know, which no message shows', async () => {
    const error = await openRedisIdempotency({ address: server.address, username: 'nobody', password: 'hunter2' }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'WEFT_UNAUTHENTICATED' });
    expect(String(error)).not.toContain('hunter2');
  });

  it('opens as a driver of its slot, with the timeout of its block', async () => {
    const host = { clock: systemClock, folder: '.', logger: noopLogger, signal, timeoutMs: 300, get: () => expect.unreachable() };
    const proxy = await proxied();
    const { value, stop } = await driver.open({ address: proxy.address }, host);
    proxy.stall();
    await expect(value.claim('slot', LEASE)).rejects.toThrow('within 300 ms');
    await stop?.(signal);
    await expect(value.claim('slot', LEASE)).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });
});

describeOn('redis', describe)('on a cluster', () => {
  it('works as on one server, each key in its own slot', async () => {
    const server = await startServer('redis', {
      data: 'disk',
      args: ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'],
    });
    await server.run(['cluster', 'addslotsrange', '0', '16383']);
    await expect.poll(() => server.run(['cluster', 'info']), { timeout: 20_000 }).toContain('cluster_state:ok');
    const store = await openRedisIdempotency({ address: server.address, cluster: true });
    for (const key of Array.from({ length: 10 }, (_, at) => `key ${at}`)) {
      const claim = await store.claim(key, LEASE);
      expect(await store.complete(key, 'token' in claim ? claim.token : '', { answer: ANSWER, ttlMs: 60_000, signal })).toBe(
        true,
      );
      expect(await store.claim(key, LEASE)).toMatchObject({ state: 'done', answer: { body: ANSWER.body } });
    }
    await store.close();
    await server.stop();
  });
});

describe('redisIdempotencyOptions', () => {
  it('are named, when one cannot be used, by where they stand in a config', async () => {
    const { signal } = new AbortController();
    const host = { clock: systemClock, folder: '.', logger: noopLogger, signal, timeoutMs: 300, get: () => expect.unreachable() };
    await expect(driver.open({ address: 'localhost:0' }, host)).rejects.toMatchObject({
      code: 'WEFT_CONFIG_INVALID',
      message: expect.stringMatching(/^service\.idempotency\.address: "localhost:0"/),
    });
  });

  it('refuses what it does not know', () => {
    const result = driver.options['~standard'].validate({ addres: 'localhost:6379' });
    expect(result).toHaveProperty('issues.0.message', expect.stringContaining('addres'));
  });
});
