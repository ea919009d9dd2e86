import type { CacheRequest } from '@weft/core';

/** Where the answers to a request are kept. */
export interface Place {
  /** The path without its query, of one service: what a write to it makes old. */
  readonly path: string;
  /** The request without what `Vary` will name. */
  readonly primary: string;
  /** Names in lower case and values in turn. */
  readonly headers: readonly string[];
}

/**
 * Where the answers to a request are kept: service, method, path, the query sorted by name, and those headers that say who
 * asks. What nobody else may see is under a key that nobody else has.
 * @param keyHeaders names in lower case
 */
export function placeOf({ service, method, path, headers }: CacheRequest, keyHeaders: readonly string[]): Place {
  const queryAt = path.indexOf('?');
  const bare = queryAt < 0 ? path : path.slice(0, queryAt);
  const query = queryAt < 0 ? '' : sorted(path.slice(queryAt + 1));
  return {
    path: `${service}\n${bare}`,
    primary: keyOf(`${service}\n${method}\n${bare}?${query}`, keyHeaders, headers),
    headers,
  };
}

/** The key of the variant for a request, when answers vary by these headers (RFC 9111, 4.1). */
export function variantKey({ primary, headers }: Place, names: readonly string[]): string {
  return names.length === 0 ? primary : keyOf(`${primary}\n`, names, headers);
}

/** All values of a header of names and values in turn, undefined when it is not there. @param name in lower case */
export function headerValue(flat: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  for (let at = 0; at < flat.length; at += 2) {
    if (flat[at] === name) value = value === undefined ? flat[at + 1] : `${value}, ${flat[at + 1]}`;
  }
  return value;
}

/** Values are quoted: none can pass for the beginning of another part of the key. */
function keyOf(start: string, names: readonly string[], headers: readonly string[]): string {
  let key = start;
  for (const name of names) {
    const value = headerValue(headers, name);
    if (value !== undefined) key += `\n${name}:${JSON.stringify(value)}`;
  }
  return key;
}

/** By name only: the order of the values of one name may mean something. */
function sorted(query: string): string {
  if (!query.includes('&')) return query;
  const named = query.split('&').map((pair) => [pair.split('=', 1)[0] ?? '', pair] as const);
  named.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return named.map(([, pair]) => pair).join('&');
}
