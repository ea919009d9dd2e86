import { instanceRecord, virtualClock } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { CachedResponse } from './cached-response.js';
import { RequestCache } from './request-cache.js';

const response = (statusCode = 200, text = '{"id":7}', headers = {}) => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  raw: Buffer.from(text),
  instance: instanceRecord('users-1'),
});

describe('RequestCache under keys of the caller', () => {
  it('gives what was kept until the ttl is over, then nothing', async () => {
    const clock = virtualClock();
    const cache = new RequestCache({ ttl: '5s', clock });
    expect(cache.getCachedResponse('GET /users/7')).toBeUndefined();
    cache.cacheResponse('GET /users/7', response());
    await clock.advance(4_999);
    expect(cache.getCachedResponse('GET /users/7')).toMatchObject({ statusCode: 200, data: { id: 7 }, source: 'hit' });
    await clock.advance(1);
    expect(cache.getCachedResponse('GET /users/7')).toBeUndefined();
  });

  it('keeps for 60 s without a ttl, whatever the answer says itself', async () => {
    const clock = virtualClock();
    const cache = new RequestCache({ clock });
    cache.cacheResponse('a', response(500, 'no', { 'cache-control': 'no-cache, max-age=1', age: '100' }));
    await clock.advance(59_999);
    expect(cache.getCachedResponse('a')).toMatchObject({ statusCode: 500, headers: { age: '59' } });
    await clock.advance(1);
    expect(cache.getCachedResponse('a')).toBeUndefined();
  });

  it('keeps a copy and gives copies', () => {
    const cache = new RequestCache('1m');
    const kept = response();
    cache.cacheResponse('a', kept);
    kept.raw.fill(0);
    cache.getCachedResponse('a')?.raw.fill(0);
    (cache.getCachedResponse('a')?.data as { id: number }).id = 8;
    expect(cache.getCachedResponse('a')?.data).toEqual({ id: 7 });
  });

  it('forgets them with everything else', () => {
    const cache = new RequestCache('1m');
    cache.cacheResponse('a', response());
    cache.clear();
    expect(cache.getCachedResponse('a')).toBeUndefined();
  });
});

describe('CachedResponse', () => {
  const read = (text: string, type?: string) =>
    new CachedResponse(
      { status: 200, headers: { 'content-type': type }, body: Buffer.from(text), instance: instanceRecord('a') },
      'hit',
    );

  it('decodes its body by its content type', () => {
    expect(read('{"a":1}', 'application/problem+json; charset=utf-8').data).toEqual({ a: 1 });
    expect(read('é', 'text/plain').data).toBe('é');
    expect(read('{}').data).toEqual(Buffer.from('{}'));
    expect(read('', 'application/json').data).toBeUndefined();
    expect(read('[1]').json()).toEqual([1]);
  });

  it('says when it is no JSON', () => {
    expect(() => read('{', 'application/json').data).toThrow(expect.objectContaining({ code: 'WEFT_PROTOCOL_ERROR' }));
  });
});
