import type { Body, HeaderMap, Reply } from '@weft/core';
import { util } from 'undici';
import { replyHeaders } from './reply-headers.js';

/** An answer whose head is decoded when somebody reads it: most callers only want the body. */
export class HttpReply implements Reply {
  readonly status: number;
  readonly body: Body | undefined;
  readonly #raw: readonly Buffer[];
  #headers: HeaderMap | undefined;

  /** @param raw names and values in turn, as they came */
  constructor(status: number, raw: readonly Buffer[], body: Body | undefined) {
    this.status = status;
    this.body = body;
    this.#raw = raw;
  }

  get headers(): HeaderMap {
    this.#headers ??= replyHeaders(this.#raw);
    return this.#headers;
  }

  get contentType(): string | undefined {
    return rawHeader(this.#raw, 'content-type');
  }
}

/**
 * The first header of a name, without decoding the others.
 * @param name in lower case
 */
export function rawHeader(raw: readonly Buffer[], name: string): string | undefined {
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const given = raw[at] as Buffer;
    if (given.length === name.length && util.headerNameToString(given) === name)
      return (raw[at + 1] as Buffer).toString('latin1');
  }
  return undefined;
}
