import type { CacheableReply, HeaderMap } from '@weft/core';

/** A copy that a reader may do with what it likes. What it does not look at is not copied. @param ageMs told in `age` */
export function replyCopy(source: CacheableReply, ageMs?: number): CacheableReply {
  let headers: HeaderMap | undefined;
  let body: Uint8Array | undefined;
  return Object.freeze({
    status: source.status,
    instance: source.instance,
    get headers() {
      headers ??= frozenHeaders(source.headers, ageMs === undefined ? undefined : { age: String(Math.floor(ageMs / 1_000)) });
      return headers;
    },
    get body() {
      body ??= Buffer.from(source.body);
      return body;
    },
  });
}

/** A copy to keep: its body is a memory of its own and holds no larger one, such as that of a socket, alive. */
export function ownReply({ status, headers, body, instance }: CacheableReply): CacheableReply {
  return Object.freeze({ status, headers: frozenHeaders(headers), body: new Uint8Array(body), instance });
}

/** What a 304 says is new, on what is kept (RFC 9111, 3.2): the body and what describes it stay. */
export function withNewHeaders(kept: CacheableReply, { headers, instance }: CacheableReply): CacheableReply {
  const { age: _, ...lasting } = kept.headers;
  const said = Object.entries(headers).filter(([name]) => !OF_THE_BODY.has(name));
  return Object.freeze({ ...kept, headers: frozenHeaders(lasting, Object.fromEntries(said)), instance });
}

const OF_THE_BODY = new Set(['content-encoding', 'content-length', 'content-range', 'content-type', 'transfer-encoding']);

function frozenHeaders(headers: HeaderMap, more?: HeaderMap): HeaderMap {
  const copy: Record<string, string | readonly string[] | undefined> = { ...headers, ...more };
  for (const [name, value] of Object.entries(copy)) {
    if (typeof value === 'object') copy[name] = Object.freeze([...value]);
  }
  return Object.freeze(copy);
}
