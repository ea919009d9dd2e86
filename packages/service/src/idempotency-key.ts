import { createHash } from 'node:crypto';
import { type HeaderMap, IDEMPOTENCY_HEADER, type Inbound } from '@weft/core';

/** What a store knows a request by. */
export interface RequestNames {
  /** The caller's key, for this service, method and path alone. */
  readonly key: string;
  /** The same for the same request of the same caller only. */
  readonly fingerprint: string;
}

const MAX_LENGTH = 255;
const CONTROL = /\p{Cc}/u;

/**
 * What the header `idempotency-key` names; undefined when it is not there once, empty, longer than 255 characters or has
 * control characters. Opaque: text in quotes, as the draft writes it, is another key than the same text without.
 *
 * Source: draft-ietf-httpapi-idempotency-key-header.
 */
export function parseIdempotencyKey(headers: HeaderMap): string | undefined {
  const value = headers[IDEMPOTENCY_HEADER];
  if (typeof value !== 'string') return undefined;
  const key = value.trim();
  return key === '' || key.length > MAX_LENGTH || CONTROL.test(key) ? undefined : key;
}

/**
 * What a store knows a request by. The caller's credentials are part of the fingerprint: nobody is given an answer that was
 * made for another.
 * @param body as the handler gets it, decompressed; undefined when there is none or it is not ours to read
 */
export function namesOf(
  service: string,
  idempotencyKey: string,
  { method, path, headers }: Inbound,
  body?: Uint8Array,
): RequestNames {
  const { authorization = '', cookie = '' } = headers;
  return {
    key: `${service}:${digest([method, path])}:${idempotencyKey}`,
    fingerprint: digest([method, path, authorization, cookie], body),
  };
}

/** JSON ends where it ends: no two lists of texts, each with a body, look the same. */
function digest(texts: readonly unknown[], body?: Uint8Array): string {
  const hash = createHash('sha256').update(JSON.stringify(texts));
  if (body) hash.update(body);
  return hash.digest('base64url');
}
