import type { HeaderMap } from '@weft/core';
import { util } from 'undici';

/** Names of which node:http, too, keeps the first when a server repeats them; the others are joined. */
const SINGLE = new Set([
  'age',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'location',
  'retry-after',
  'server',
]);

/** The head of an answer, from names and values in turn, in the shape that node:http gives. */
export function replyHeaders(raw: readonly Buffer[]): HeaderMap {
  const headers: Record<string, string | string[]> = {};
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = util.headerNameToString(raw[at] as Buffer);
    const value = (raw[at + 1] as Buffer).toString('latin1');
    const before = headers[name];
    if (name === 'set-cookie') {
      if (Array.isArray(before)) before.push(value);
      else headers[name] = [value];
    } else if (typeof before !== 'string') {
      if (name !== '__proto__') headers[name] = value;
    } else if (!SINGLE.has(name)) {
      headers[name] = `${before}, ${value}`;
    }
  }
  return headers;
}
