import type { CacheableReply, HeaderMap } from '@weft/core';
import { parseCacheControl } from './cache-control.js';

/** What `Vary` says when no request is like another. */
const EVERYTHING = '*';

/** Names of the headers that an answer varies by, in lower case and sorted; `['*']` when no request is like another. */
export function varyOf({ vary }: HeaderMap): readonly string[] {
  if (vary === undefined) return [];
  const names = String(vary)
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  return names.includes(EVERYTHING) ? [EVERYTHING] : [...new Set(names)].sort();
}

/** Whether an answer may be used again: a whole 2xx one that does not forbid it. */
export function mayKeep(reply: CacheableReply): boolean {
  return reply.status >= 200 && reply.status < 300 && reply.status !== 206 && mayShare(reply);
}

/**
 * Whether an answer may be given to several who asked for the same at once. A failure may, whatever it says: the next in
 * the queue would only hit a service that is down once more.
 */
export function mayShare({ status, headers }: CacheableReply): boolean {
  if (varyOf(headers)[0] === EVERYTHING) return false;
  if (status >= 500) return true;
  // A cookie is set for one caller.
  return headers['set-cookie'] === undefined && !parseCacheControl(headers['cache-control']).has('no-store');
}

/** Whether an answer that is not kept says that what was kept is over. An overloaded service says nothing about it. */
export function replacesKept({ status }: CacheableReply): boolean {
  return status < 500 && status !== 408 && status !== 429;
}
