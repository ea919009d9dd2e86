import type { HeaderMap } from '@weft/core';

/** Directives of a `Cache-Control` by their names in lower case; the value is empty where there is none. */
export type CacheControl = ReadonlyMap<string, string>;

const DIRECTIVE = /([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;]*)))?/g;
const NONE: CacheControl = new Map();

/** RFC 9111 wants at least this much and no overflow. */
const MAX_SECONDS = 2 ** 31;

/** The directives of a `Cache-Control` (RFC 9111, 5.2). Of one that is said twice the first counts. Never throws. */
export function parseCacheControl(value: HeaderMap[string]): CacheControl {
  if (value === undefined) return NONE;
  const directives = new Map<string, string>();
  for (const [, name = '', quoted, plain] of String(value).matchAll(DIRECTIVE)) {
    const key = name.toLowerCase();
    if (!directives.has(key)) directives.set(key, quoted ?? plain ?? '');
  }
  return directives;
}

/** The seconds of a directive in ms; undefined when it is not there, 0 when it is no number: what cannot be read is old. */
export function directiveMs(control: CacheControl, name: string): number | undefined {
  const text = control.get(name);
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Math.min(Number(text), MAX_SECONDS) * 1_000 : 0;
}
