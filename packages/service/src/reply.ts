import type { Body, HeaderMap, Reply } from '@weft/core';

/** Status and headers of an answer; header names in any case. */
export interface ReplyInit {
  /** Default 200; 204 without a body. */
  readonly status?: number;
  /** Beside the content type; win over it. */
  readonly headers?: HeaderMap;
}

const JSON_HEADERS: HeaderMap = Object.freeze({ 'content-type': 'application/json' });
const TEXT_HEADERS: HeaderMap = Object.freeze({ 'content-type': 'text/plain; charset=utf-8' });
const BYTES_HEADERS: HeaderMap = Object.freeze({ 'content-type': 'application/octet-stream' });
const NO_HEADERS: HeaderMap = Object.freeze({});

/** An answer with status and headers. A class, so that a plain value with the same members is not taken for one. */
export class ServiceReply implements Reply {
  /** HTTP status. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: HeaderMap;
  /** Whole, in pieces, or none. */
  readonly body: Body | undefined;

  constructor(status: number, headers: HeaderMap, body?: Body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** `value` as JSON. @throws TypeError when it has no JSON form, such as a circle */
export function json(value: unknown, init?: ReplyInit): ServiceReply {
  return new ServiceReply(init?.status ?? 200, merged(JSON_HEADERS, init?.headers), JSON.stringify(value) ?? 'null');
}

/** `value` as plain text. */
export function text(value: string, init?: ReplyInit): ServiceReply {
  return new ServiceReply(init?.status ?? 200, merged(TEXT_HEADERS, init?.headers), value);
}

/** Bytes, text or pieces as they are; `application/octet-stream` unless the headers say otherwise. */
export function reply(body?: Body, init?: ReplyInit): ServiceReply {
  const defaults = body === undefined ? NO_HEADERS : BYTES_HEADERS;
  return new ServiceReply(init?.status ?? (body === undefined ? 204 : 200), merged(defaults, init?.headers), body);
}

/** What a handler returned, as an answer: nothing is 204, bytes and pieces go out as they are, all else is JSON. */
export function toReply(value: unknown): Reply {
  if (value instanceof ServiceReply) return value;
  if (value === undefined) return reply();
  if (value instanceof Uint8Array || isPieces(value)) return reply(value);
  return json(value);
}

/** What a middleware returned, as an answer: one that it put together from another's members is as good. */
export function asReply(value: Reply | undefined): Reply {
  if (value instanceof ServiceReply || typeof value?.status !== 'number') return toReply(value);
  return new ServiceReply(value.status, merged(NO_HEADERS, value.headers), value.body);
}

/** The same answer with one more header, its name in lower case. */
export function withHeader({ status, headers, body }: Reply, name: string, value: string): ServiceReply {
  return new ServiceReply(status, { ...headers, [name]: value }, body);
}

/** The same answer, asking the caller to stay away for so long, in whole seconds (RFC 9110, 10.2.3). */
export function withRetryAfter(answer: Reply, afterMs: number): ServiceReply {
  return withHeader(answer, 'retry-after', String(Math.max(1, Math.ceil(afterMs / 1_000))));
}

function isPieces(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function merged(defaults: HeaderMap, given: HeaderMap | undefined): HeaderMap {
  if (!given) return defaults;
  const headers: Record<string, string | readonly string[] | undefined> = { ...defaults };
  for (const [name, value] of Object.entries(given)) headers[name.toLowerCase()] = value;
  return headers;
}
