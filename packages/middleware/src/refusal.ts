import type { HeaderMap, Reply } from '@weft/core';

/** An answer that refuses, with the body that all error answers of a service have. */
export function refusal(code: number, error: string, headers: HeaderMap = {}): Reply {
  return { status: code, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ error, code }) };
}
