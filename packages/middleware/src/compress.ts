import { type HeaderMap, invalidOption, type Reply } from '@weft/core';
import { acceptedEncoding, type Encoding } from './accepted-encoding.js';
import { encodePieces, encodeWhole } from './encode-body.js';
import { isPieces } from './observe-reply.js';
import type { RequestMiddleware } from './request-middleware.js';

/** What is worth compressing. */
export interface CompressOptions {
  /** Smallest whole body, in bytes; 1024 unless set. Bodies in pieces are compressed whatever their size. */
  readonly minBytes?: number | undefined;
}

const COMPRESSIBLE =
  /^(?:text\/|application\/(?:json|xml|javascript|x-ndjson|x-www-form-urlencoded|graphql|wasm)|image\/svg)|\+(?:json|xml)\b/i;
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Compresses text-like answers with brotli or gzip, as `accept-encoding` asks for, and says `vary: accept-encoding` on each
 * that it could have. Leaves alone what is small, encoded already, a part (206), `no-transform`, and answers to HEAD.
 * @throws WEFT_CONFIG_INVALID for a size that is none
 */
export function compress({ minBytes = 1_024 }: CompressOptions = {}): RequestMiddleware {
  if (!(minBytes >= 0)) throw invalidOption('compress.minBytes', `${minBytes}: expected a number of bytes from 0`);
  return (next) => async (request) => {
    const reply = await next(request);
    if (request.method === 'HEAD' || !isCompressible(reply, minBytes)) return reply;
    const encoding = acceptedEncoding(String(request.headers['accept-encoding'] ?? ''));
    return encoding ? encoded(reply, encoding) : { status: reply.status, headers: varied(reply.headers), body: reply.body };
  };
}

function isCompressible({ status, headers, body }: Reply, minBytes: number): boolean {
  if (body === undefined || WITHOUT_BODY.has(status) || status === 206 || headers['content-encoding'] !== undefined) return false;
  if (!COMPRESSIBLE.test(String(headers['content-type'] ?? '')) || /no-transform/i.test(String(headers['cache-control'] ?? ''))) {
    return false;
  }
  return isPieces(body) || Buffer.byteLength(body) >= minBytes;
}

async function encoded({ status, headers, body = '' }: Reply, encoding: Encoding): Promise<Reply> {
  const { 'content-length': _length, 'accept-ranges': _ranges, etag, ...rest } = headers;
  const head = { ...varied(rest), 'content-encoding': encoding, ...(etag !== undefined && { etag: weak(String(etag)) }) };
  return { status, headers: head, body: isPieces(body) ? encodePieces(body, encoding) : await encodeWhole(body, encoding) };
}

function varied(headers: HeaderMap): HeaderMap {
  const vary = String(headers.vary ?? '');
  if (/\baccept-encoding\b|\*/i.test(vary)) return headers;
  return { ...headers, vary: vary === '' ? 'accept-encoding' : `${vary}, accept-encoding` };
}

/** Bytes that differ must not have one strong tag (RFC 9110, section 8.8.3). */
function weak(etag: string): string {
  return etag.startsWith('W/') ? etag : `W/${etag}`;
}
