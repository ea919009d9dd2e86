import { inspect } from 'node:util';
import { noopLogger, type RateLimitRule, systemClock, WeftError } from '@weft/core';
import { describeOn, type RunningServer, startFaultProxy, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import driver, { openRedisRateLimits, type RedisRateLimitOptions } from './index.js';

const { signal } = new AbortController();
const BUCKET: RateLimitRule = { algorithm: 'token_bucket', perSecond: 0.001, burst: 3 };

describe('the driver ratelimit/redis', () => {
  it('refuses what is no option and what no server could be reached by', async () => {
    const check = (options: unknown) => driver.options['~standard'].validate(options);
    const options = { address: 'a:1,b:2', username: 'u', password: 'p', db: 1, prefix: 'shop', timeout: '1s' };
    expect(await check(options)).toEqual({ value: options });
    for (const wrong of [{ adress: 'a' }, { address: 'a b' }, { prefix: '' }, { timeout: 0 }, { timeout: 'soon' }])
      expect(await check(wrong), JSON.stringify(wrong)).toHaveProperty('issues');
  });
});

describeOn('redis', describe)('rate limits on a server', () => {
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

  async function opened(options: RedisRateLimitOptions = {}) {
    const limits = await openRedisRateLimits({ address: server.address, ...options });
    closing.push(() => limits.close());
    return limits;
  }

  async function proxied() {
    const proxy = await startFaultProxy({ port: server.port });
    closing.push(() => proxy.close());
    return proxy;
  }

  it('counts under weft:ratelimit:<key>, and the key goes by itself', async () => {
    const limits = await opened();
    await limits.take('of a', { algorithm: 'token_bucket', perSecond: 0.05, burst: 5 }, { signal });
    await limits.take('of b', { algorithm: 'sliding_window', limit: 5, windowMs: 20_000 }, { signal });
    await (await opened({ prefix: 'shop' })).take('of a', BUCKET, { signal });
    expect((await server.run(['keys', '*ratelimit*'])).trim().split('\n').sort()).toEqual([
      'shop:ratelimit:of a',
      'weft:ratelimit:of a',
      'weft:ratelimit:of b',
    ]);
    for (const [key, mostMs] of [
      ['a', 21_000],
      ['b', 21_000],
    ] as const) {
      const leftMs = Number(await server.run(['pttl', `weft:ratelimit:of ${key}`]));
      expect(leftMs).toBeGreaterThan(0);
      expect(leftMs).toBeLessThanOrEqual(mostMs);
    }
  });

  it('keeps its password to itself when it is printed or written as JSON', async () => {
    await server.run(['acl', 'setuser', 'ada', 'on', '>sesame', '~*', '&*', '+@all']);
    const limits = await opened({ username: 'ada', password: 'sesame' });
    expect(JSON.stringify(limits)).not.toContain('sesame');
    expect(inspect(limits, { depth: null, showHidden: true })).not.toContain('sesame');
  });

  it('asks the server once per decision, and writes nothing when it refuses', async () => {
    const limits = await opened();
    for (const rule of [BUCKET, { algorithm: 'sliding_window', limit: 3, windowMs: 60_000 } as const]) {
      const key = `once ${rule.algorithm}`;
      for (let time = 0; time < 3; time++) await limits.take(key, rule, { signal });
      const before = await server.run(['dump', `weft:ratelimit:${key}`]);
      await server.run(['config', 'resetstat']);
      for (let time = 0; time < 10; time++) expect((await limits.take(key, rule, { signal })).allowed).toBe(false);
      expect(await calls('evalsha|eval')).toBe(10);
      expect(await calls('zadd|hset|del')).toBe(0);
      expect(await server.run(['dump', `weft:ratelimit:${key}`])).toBe(before);
    }
  });

  async function calls(commands: string): Promise<number> {
    const stats = await server.run(['info', 'commandstats']);
    const all = stats.matchAll(new RegExp(`cmdstat_(?:${commands}):calls=(\\d+)`, 'g'));
    return [...all].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  it('goes by the clock of the server, not by those of its clients', async () => {
    const [limits, rule] = [await opened(), { algorithm: 'sliding_window', limit: 1, windowMs: 60_000 } as const];
    await limits.take('clock', rule, { signal });
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
    const decision = await (await opened()).take('clock', rule, { signal });
    now.mockRestore();
    expect(decision).toMatchObject({ allowed: false, remaining: 0 });
    expect(decision.retryAfterMs).toBeGreaterThan(50_000);
  });

  it('does not wait for a clock that was set back to come to where it was', async () => {
    const limits = await opened();
    const later = Date.now() + 7 * 86_400_000;
    await server.run(['hset', 'weft:ratelimit:back', 'tokens', '0', 'at', String(later)]);
    await server.run(['zadd', 'weft:ratelimit:back too', `${later * 1_000}`, '00000000000000003.000000:3']);
    const rule = { algorithm: 'token_bucket', perSecond: 20, burst: 1 } as const;
    expect((await limits.take('back', rule, { signal })).retryAfterMs).toBe(50);
    await new Promise<void>((resolve) => void systemClock.setTimer(60, resolve));
    expect((await limits.take('back', rule, { signal })).allowed).toBe(true);
    const window = { algorithm: 'sliding_window', limit: 3, windowMs: 1_000 } as const;
    expect((await limits.take('back too', window, { signal })).allowed).toBe(true);
  });

  it('holds a limit of 100,000 in a bounded set, and still allows no more', async () => {
    const limits = await opened();
    const rule = { algorithm: 'sliding_window', limit: 100_000, windowMs: 500_000 } as const;
    let allowed = 0;
    for (let round = 0; round < 50; round++) {
      const tries = Array.from({ length: 100 }, () => limits.take('many', rule, { signal, cost: 25 }));
      allowed += (await Promise.all(tries)).filter((decision) => decision.allowed).length;
    }
    expect(allowed).toBe(4_000);
    expect(Number(await server.run(['zcard', 'weft:ratelimit:many']))).toBeLessThan(1_200);
  });

  it('takes a key that holds something else for one that was never used', async () => {
    const limits = await opened();
    for (const rule of [BUCKET, { algorithm: 'sliding_window', limit: 3, windowMs: 60_000 } as const]) {
      await server.run(['set', 'weft:ratelimit:foreign', 'a text']);
      expect(await limits.take('foreign', rule, { signal })).toEqual({ allowed: true, remaining: 2, retryAfterMs: 0 });
    }
  });

  it('works on after SCRIPT FLUSH', async () => {
    const limits = await opened();
    await limits.take('flushed', BUCKET, { signal });
    await server.run(['script', 'flush']);
    expect((await limits.take('flushed', BUCKET, { signal })).remaining).toBe(1);
  });

  it('says within its timeout that the server is silent, or gone, and decides again when it is back', async () => {
    const proxy = await proxied();
    const limits = await opened({ address: proxy.address, timeout: '500ms' });
    await limits.take('gone', BUCKET, { signal });
    for (const harm of ['stall', 'cut'] as const) {
      proxy[harm]();
      const fromAt = systemClock.now();
      await expect(limits.take('gone', BUCKET, { signal })).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
      expect(systemClock.now() - fromAt).toBeLessThan(2_000);
      proxy.heal();
      await vi.waitFor(() => limits.take(`after ${harm}`, BUCKET, { signal }), { timeout: 10_000, interval: 50 });
    }
  });

  it('is opened while there is no server, and decides as soon as there is one', async () => {
    const proxy = await proxied();
    proxy.cut();
    const limits = await opened({ address: proxy.address, timeout: '1s' });
    await expect(limits.take('late', BUCKET, { signal })).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
    proxy.heal();
    await vi.waitFor(() => limits.take('late', BUCKET, { signal }), { timeout: 10_000, interval: 50 });
  });

  it('ends a wait at once when its signal is aborted', async () => {
    const proxy = await proxied();
    const limits = await opened({ address: proxy.address });
    proxy.stall();
    const stopping = new AbortController();
    const taking = limits.take('aborted', BUCKET, { signal: stopping.signal });
    stopping.abort();
    await expect(taking).rejects.toBeInstanceOf(WeftError);
  });

  it('is refused with a password that the server does not know, which no message shows', async () => {
    const error = await openRedisRateLimits({ address: server.address, username: 'nobody', password: 'hunter2' }).catch(
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
    await expect(value.take('slot', BUCKET, { signal })).rejects.toThrow('within 300 ms');
    await stop?.(signal);
    await expect(value.take('slot', BUCKET, { signal })).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
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
    const limits = await openRedisRateLimits({ address: server.address, cluster: true });
    for (const rule of [BUCKET, { algorithm: 'sliding_window', limit: 3, windowMs: 60_000 } as const]) {
      const keys = Array.from({ length: 10 }, (_, at) => `${rule.algorithm} ${at}`);
      for (const key of keys) expect(await limits.take(key, rule, { signal })).toMatchObject({ allowed: true, remaining: 2 });
      for (const key of keys) expect(await limits.take(key, rule, { signal, cost: 3 })).toMatchObject({ allowed: false });
    }
    await limits.close();
    await server.stop();
  });
});

describe('redisRateLimitOptions', () => {
  it('refuses what it does not know', () => {
    const result = driver.options['~standard'].validate({ addres: 'localhost:6379' });
    expect(result).toHaveProperty('issues.0.message', expect.stringContaining('addres'));
  });
});
