import { type CacheableReply, type CacheSource, type HeaderMap, type ServiceInstance, WeftError } from '@weft/core';

/** A whole answer, as a client of Weft gives it. */
export interface ReceivedResponse {
  /** HTTP status. */
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: HeaderMap;
  /** The whole body. */
  readonly raw: Uint8Array;
  /** Who answered. */
  readonly instance: ServiceInstance;
}

/** An answer that came through a cache: the reader's own copy, decoded when it is read. */
export class CachedResponse implements ReceivedResponse {
  /** HTTP status. */
  readonly statusCode: number;
  /** Who answered when it was loaded. */
  readonly instance: ServiceInstance;
  /** How it was come by. */
  readonly source: CacheSource;
  readonly #reply: CacheableReply;
  #data: { readonly value: unknown } | undefined;

  constructor(reply: CacheableReply, source: CacheSource) {
    this.statusCode = reply.status;
    this.instance = reply.instance;
    this.source = source;
    this.#reply = reply;
  }

  /** Names in lower case; of one that was kept `age` says how old it is, in seconds. */
  get headers(): HeaderMap {
    return this.#reply.headers;
  }

  /** The body as bytes. */
  get raw(): Uint8Array {
    return this.#reply.body;
  }

  /** Length of the body in bytes. */
  get size(): number {
    return this.raw.byteLength;
  }

  /**
   * The body by its content type: JSON parsed, text as a string, else bytes; undefined when it is empty.
   * @throws WEFT_PROTOCOL_ERROR when it says JSON and is none
   */
  get data(): unknown {
    this.#data ??= { value: this.#decode() };
    return this.#data.value;
  }

  /** The body as UTF-8 text. */
  text(): string {
    return new TextDecoder().decode(this.raw);
  }

  /** The body parsed as JSON, whatever its content type. @throws WEFT_PROTOCOL_ERROR when it is none */
  json(): unknown {
    try {
      return JSON.parse(this.text());
    } catch (cause) {
      throw new WeftError('WEFT_PROTOCOL_ERROR', `the answer is not valid JSON: ${(cause as Error).message}`, { cause });
    }
  }

  #decode(): unknown {
    if (this.size === 0) return undefined;
    const type = String(this.headers['content-type'] ?? '');
    if (/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) return this.json();
    return type.startsWith('text/') ? this.text() : this.raw;
  }
}

/** The same answer in the words of a cache. */
export function replyOf({ statusCode, headers, raw, instance }: ReceivedResponse): CacheableReply {
  return { status: statusCode, headers, body: raw, instance };
}
