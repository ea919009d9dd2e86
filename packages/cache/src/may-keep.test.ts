import type { CacheRequest } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { cacheScene, get, type Said } from '../test/cache-scene.js';

const lasting = { 'cache-control': 'max-age=60' };

describe('what is kept', () => {
  it.each<Said>([
    { headers: lasting },
    { status: 201, headers: lasting },
    { status: 204, headers: lasting, body: '' },
    { headers: { 'cache-control': 'private, max-age=60' } },
    {},
  ])('is an answer such as %j, for the ttl unless it says for how long', async (said) => {
    const scene = cacheScene({ ttl: '1m' });
    scene.says = () => said;
    await scene.ask();
    expect(await scene.ask()).toMatch(/^hit/);
  });

  it.each<Said>([
    { status: 206, headers: lasting },
    { status: 301, headers: lasting },
    { status: 404, headers: lasting },
    { status: 500, headers: lasting },
    { status: 503, headers: lasting },
    { headers: { 'cache-control': 'no-store, max-age=60' } },
    { headers: { ...lasting, 'set-cookie': ['sid=1'] } },
    { headers: { ...lasting, vary: '*' } },
    { headers: { ...lasting, vary: ['accept', '*'] } },
  ])('is no answer such as %j (R66)', async (said) => {
    const scene = cacheScene({ ttl: '1m' });
    scene.says = () => said;
    await scene.ask();
    expect(await scene.ask()).toMatch(/^miss/);
    expect(scene.stale()).toBeUndefined();
  });

  it.each<CacheRequest>([
    ...['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => get('/', [], { method })),
    get('/', ['cache-control', 'no-store']),
    get('/', ['range', 'bytes=0-1']),
    get('/', ['if-none-match', '"a"']),
    get('/', ['content-type', 'application/json']),
  ])('is nothing of a request such as %j, which goes past (R66)', async (request) => {
    const scene = cacheScene({ ttl: '1m' });
    expect(scene.cache.handles(request)).toBe(false);
    expect([await scene.ask(request), await scene.ask(request)]).toEqual(['miss: answer 1', 'miss: answer 2']);
    expect(scene.cache.size).toBe(0);
  });

  it('is nothing without a ttl when the answer does not say for how long; it is for a fallback only', async () => {
    const scene = cacheScene();
    expect([await scene.ask(), await scene.ask()]).toEqual(['miss: answer 1', 'miss: answer 2']);
    expect(scene.stale()).toBe('answer 2');
  });

  it('is over when the service says so, and not when it only fails', async () => {
    const scene = cacheScene();
    await scene.ask();
    for (const status of [500, 503, 429, 408]) {
      scene.says = () => ({ status });
      await scene.ask();
      expect(scene.stale(), String(status)).toBe('answer 1');
    }
    scene.says = () => ({ status: 404 });
    await scene.ask();
    expect(scene.stale()).toBeUndefined();
  });
});

describe('an answer that varies', () => {
  it('is kept for those who ask with the same headers', async () => {
    const scene = cacheScene({ ttl: '1m' });
    scene.says = () => ({ headers: { vary: 'Accept-Language, accept' } });
    const [english, german] = [get('/', ['accept-language', 'en']), get('/', ['accept-language', 'de'])];
    expect([await scene.ask(english), await scene.ask(german)]).toEqual(['miss: answer 1', 'miss: answer 2']);
    expect([await scene.ask(english), await scene.ask(german)]).toEqual(['hit: answer 1', 'hit: answer 2']);
    expect(await scene.ask(get('/'))).toBe('miss: answer 3');
  });

  it('is found again when what it varies by changes', async () => {
    const scene = cacheScene({ ttl: '1m' });
    const request = get('/', ['accept', 'a', 'x-plan', 'b']);
    for (const vary of ['accept', 'x-plan', 'accept, x-plan', '']) {
      scene.says = () => ({ headers: { vary }, body: vary });
      await scene.ask({ ...request, headers: [...request.headers, 'cache-control', 'no-cache'] });
      expect(await scene.ask(request)).toBe(`hit: ${vary}`);
    }
  });
});
