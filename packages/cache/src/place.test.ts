import type { CacheRequest } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { cacheScene, get } from '../test/cache-scene.js';

/** Whether the second request is answered with what was kept for the first. */
async function share(first: CacheRequest, second: CacheRequest, keyHeaders: readonly string[] = []): Promise<boolean> {
  const { ask, asked } = cacheScene({ ttl: '1m', keyHeaders });
  await ask(first);
  await ask(second);
  return asked.length === 1;
}

describe('the key of an answer', () => {
  it.each<[string, CacheRequest, CacheRequest]>([
    ['the same request', get('/a?x=1'), get('/a?x=1')],
    ['a query in another order', get('/a?x=1&y=2&x=3'), get('/a?y=2&x=1&x=3')],
    ['headers that say nothing of who asks', get('/a', ['x-request-id', '1']), get('/a', ['x-request-id', '2'])],
    ['the same user', get('/a', ['authorization', 'Bearer a']), get('/a', ['accept', '*/*', 'authorization', 'Bearer a'])],
  ])('is one for %s', async (_, first, second) => {
    expect(await share(first, second)).toBe(true);
  });

  it.each<[string, CacheRequest, CacheRequest]>([
    ['another path', get('/a'), get('/b')],
    ['another query', get('/a?x=1'), get('/a?x=2')],
    ['values of one name in another order', get('/a?x=1&x=2'), get('/a?x=2&x=1')],
    ['an empty query', get('/a?x'), get('/a')],
    ['another service', get('/a'), get('/a', [], { service: 'orders' })],
    ['another method', get('/a'), get('/a', [], { method: 'HEAD' })],
    ['another user', get('/a', ['authorization', 'Bearer a']), get('/a', ['authorization', 'Bearer b'])],
    ['a user and nobody', get('/a', ['authorization', 'Bearer a']), get('/a')],
    ['nobody and an empty name', get('/a'), get('/a', ['authorization', ''])],
    ['another session', get('/a', ['cookie', 'sid=1']), get('/a', ['cookie', 'sid=2'])],
    [
      'a value that looks like two headers',
      get('/a', ['authorization', 'a', 'cookie', 'b']),
      get('/a', ['authorization', 'a\ncookie:b']),
    ],
    [
      'a value that looks like two keys',
      get('/a', ['authorization', 'a', 'cookie', 'b']),
      get('/a', ['authorization', 'a"\ncookie:"b']),
    ],
  ])('is not one for %s', async (_, first, second) => {
    expect(await share(first, second)).toBe(false);
  });

  it('holds further headers that say who asks, when told', async () => {
    const [first, second] = [get('/a', ['x-user', '1']), get('/a', ['x-user', '2'])];
    expect(await share(first, second)).toBe(true);
    expect(await share(first, second, ['X-User'])).toBe(false);
  });
});
