import { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { cacheScene, get } from '../test/cache-scene.js';

describe('a kept answer', () => {
  it('is used as long as it is fresh', async () => {
    const scene = cacheScene();
    scene.says = () => ({ headers: { 'cache-control': 'max-age=60' } });
    await scene.ask();
    await scene.clock.advance(59_999);
    expect(await scene.ask()).toBe('hit: answer 1');
    await scene.clock.advance(1);
    expect(await scene.ask()).toBe('miss: answer 2');
  });

  it('counts as made when it was asked for, and is as old as it says', async () => {
    const scene = cacheScene();
    scene.says = async () => {
      await scene.clock.advance(10_000);
      return { headers: { 'cache-control': 'max-age=60', age: '20' } };
    };
    await scene.ask();
    await scene.clock.advance(29_999);
    expect(await scene.ask()).toBe('hit: answer 1');
    await scene.clock.advance(1);
    expect(await scene.ask()).toBe('miss: answer 2');
  });

  it('is fresh for the ttl of the rule before that of the cache, and a new rule counts at once', async () => {
    const scene = cacheScene({ ttl: '10s' });
    await scene.ask();
    await scene.clock.advance(20_000);
    expect(await scene.ask(get(), { ttlMs: 30_000 })).toBe('hit: answer 1');
    expect(await scene.ask(get(), { ttlMs: 20_000 })).toBe('miss: answer 2');
  });

  it('is not younger for a request than that wants it', async () => {
    const scene = cacheScene({ ttl: '1m' });
    await scene.ask();
    await scene.clock.advance(10_000);
    expect(await scene.ask(get('/users/7', ['cache-control', 'max-age=11']))).toBe('hit: answer 1');
    expect(await scene.ask(get('/users/7', ['cache-control', 'max-age=10']))).toBe('miss: answer 2');
    expect(await scene.ask(get('/users/7', ['cache-control', 'no-cache']))).toBe('miss: answer 3');
    expect(await scene.ask()).toBe('hit: answer 3');
  });

  it('tells its age', async () => {
    const scene = cacheScene({ ttl: '1m' });
    const first = await scene.cache.through(get(), {}, scene.load);
    await scene.clock.advance(12_900);
    const second = await scene.cache.through(get(), {}, scene.load);
    expect([first.reply.headers.age, second.reply.headers.age]).toEqual([undefined, '12']);
  });

  it('is a copy for each reader, also for the one who loaded it', async () => {
    const { cache, load } = cacheScene({ ttl: '1m' });
    for (let n = 0; n < 3; n++) {
      const { reply } = await cache.through(get(), {}, load);
      expect(Buffer.from(reply.body).toString()).toBe('answer 1');
      reply.body.fill(0);
      expect(() => Object.assign(reply.headers, { x: '1' })).toThrow(TypeError);
      expect(() => Object.assign(reply, { status: 500 })).toThrow(TypeError);
    }
  });
});

describe('what is kept of an answer', () => {
  it('is a memory of its own', async () => {
    const { cache, load } = cacheScene({ ttl: '1m' });
    const loaded = await load([]);
    await cache.through(get(), {}, async () => loaded);
    loaded.body.fill(0);
    const { reply } = await cache.through(get(), {}, load);
    expect(Buffer.from(reply.body).toString()).toBe('answer 1');
  });
});

describe('an old answer with a validator', () => {
  const headers = { 'cache-control': 'max-age=10', etag: '"a"', 'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT' };

  it('is asked about, and is fresh again after a 304', async () => {
    const scene = cacheScene();
    scene.says = () => ({ headers: { ...headers, 'x-was': 'old', 'content-type': 'text/plain', age: '3' } });
    await scene.ask();
    await scene.clock.advance(10_000);
    scene.says = () => ({ status: 304, headers: { ...headers, 'x-is': 'new', 'content-type': 'text/html' }, body: '' });
    const { reply, source } = await scene.cache.through(get(), {}, scene.load);
    expect([source, reply.status, Buffer.from(reply.body).toString()]).toEqual(['revalidated', 200, 'answer 1']);
    expect(reply.headers).toEqual({ ...headers, 'x-was': 'old', 'x-is': 'new', 'content-type': 'text/plain' });
    expect(scene.asked[1]).toEqual(['if-none-match', '"a"', 'if-modified-since', headers['last-modified']]);
    await scene.clock.advance(9_999);
    expect(await scene.ask()).toBe('hit: answer 1');
  });

  it('is replaced when it has changed', async () => {
    const scene = cacheScene();
    scene.says = () => ({ headers });
    await scene.ask();
    await scene.clock.advance(10_000);
    expect(await scene.ask()).toBe('miss: answer 2');
    expect(await scene.ask()).toBe('hit: answer 2');
  });

  it('is asked about each time when it says no-cache', async () => {
    const scene = cacheScene({ ttl: '1m' });
    scene.says = () => ({ headers: { 'cache-control': 'no-cache', etag: '"a"' } });
    await scene.ask();
    scene.says = () => ({ status: 304, headers: { etag: '"a"' }, body: '' });
    expect([await scene.ask(), await scene.ask()]).toEqual(['revalidated: answer 1', 'revalidated: answer 1']);
  });

  it('is not asked about without a validator: then a 304 is an answer like any other', async () => {
    const scene = cacheScene();
    await scene.ask();
    scene.says = () => ({ status: 304, body: '' });
    expect(await scene.ask()).toBe('miss: ');
    expect(scene.asked).toEqual([[], []]);
  });
});

describe('an answer that stands for one that cannot be had', () => {
  const down = () => {
    throw new WeftError('WEFT_UNAVAILABLE', 'nobody there');
  };

  it('is given by stale() up to an hour after it was fresh, or as long as was said', async () => {
    for (const [staleFor, ms] of [
      [undefined, 3_600_000],
      ['5s', 5_000],
    ] as const) {
      const scene = cacheScene({ ttl: '1m', staleFor });
      expect(scene.stale()).toBeUndefined();
      await scene.ask();
      await scene.clock.advance(60_000 + ms - 1);
      expect(scene.stale()).toBe('answer 1');
      await scene.clock.advance(1);
      expect(scene.stale()).toBeUndefined();
    }
  });

  it('is none that must not be used without asking', async () => {
    for (const control of ['no-cache', 'max-age=10, must-revalidate', 'max-age=10, must-revalidate, stale-if-error=60']) {
      const scene = cacheScene();
      scene.says = () => ({ headers: { 'cache-control': control } });
      await scene.ask();
      await scene.clock.advance(10_000);
      expect(scene.stale(), control).toBeUndefined();
      scene.says = down;
      await expect(scene.ask(), control).rejects.toMatchObject({ code: 'WEFT_UNAVAILABLE' });
    }
  });

  it('is given at once where the service allows it with stale-if-error', async () => {
    const scene = cacheScene();
    scene.says = () => ({ headers: { 'cache-control': 'max-age=10, stale-if-error=20' } });
    await scene.ask();
    await scene.clock.advance(29_999);
    scene.says = down;
    expect(await scene.ask()).toBe('stale: answer 1');
    scene.says = () => ({ status: 503 });
    expect(await scene.ask()).toBe('stale: answer 1');
    await scene.clock.advance(1);
    expect(await scene.ask()).toBe('miss: answer 4');
  });

  it('is not given any more when it was written meanwhile', async () => {
    const scene = cacheScene();
    scene.says = () => ({ headers: { 'cache-control': 'max-age=10, stale-if-error=20' } });
    await scene.ask();
    await scene.clock.advance(10_000);
    scene.says = () => {
      scene.cache.invalidate(get());
      return down();
    };
    await expect(scene.ask()).rejects.toMatchObject({ code: 'WEFT_UNAVAILABLE' });
  });

  it('hides nothing that the caller did or may not see', async () => {
    const scene = cacheScene();
    scene.says = () => ({ headers: { 'cache-control': 'max-age=10, stale-if-error=20' } });
    await scene.ask();
    await scene.clock.advance(10_000);
    for (const code of ['WEFT_CANCELLED', 'WEFT_INVALID_ARGUMENT', 'WEFT_HTTP_STATUS', 'WEFT_PERMISSION_DENIED'] as const) {
      scene.says = () => {
        throw new WeftError(code, 'no');
      };
      await expect(scene.ask()).rejects.toMatchObject({ code });
    }
  });
});
