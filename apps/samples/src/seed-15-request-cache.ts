import { CachedClient, type CachedResponse, RequestCache } from '@weft/cache';
import type { Client, Response } from '@weft/client';

/** The seed's cache of requests: answers are looked up and kept under keys of one's own. */
export function createRequestCache(): RequestCache {
  return new RequestCache('5m');
}

/** The seed's client with a cache: by method, path and body alone. `unsafe` says what that means for whom an answer reaches. */
export function cacheAsTheSeedDoes(client: Client): CachedClient<Response> {
  return new CachedClient(client, createRequestCache(), { unsafe: true });
}

/** What to write instead: the same client, and answers go to whom they are for. */
export async function readUser(client: Client, cache: RequestCache, id: string): Promise<Response | CachedResponse> {
  return new CachedClient(client, cache, { name: 'users' }).call('GET', `/users/${id}`);
}
