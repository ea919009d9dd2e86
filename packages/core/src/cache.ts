import type { ServiceInstance } from './instance.js';
import type { HeaderMap } from './transport.js';

/** A request, as a cache looks at it. */
export interface CacheRequest {
  /** The service that is called. */
  readonly service: string;
  /** Upper case. */
  readonly method: string;
  /** Path and query below the service, checked and encoded. */
  readonly path: string;
  /** What it would be sent with: names in lower case and values in turn, `[name, value, name, value]`. */
  readonly headers: readonly string[];
}

/** A whole answer that can be kept. */
export interface CacheableReply {
  /** HTTP status. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: HeaderMap;
  /** The whole body. */
  readonly body: Uint8Array;
  /** Who answered. */
  readonly instance: ServiceInstance;
}

/**
 * How a cache came by an answer: kept and fresh, just loaded, loaded for somebody else who asked first, confirmed by a 304, or
 * kept and old because the service failed and the answer allows that (`stale-if-error`, RFC 5861).
 */
export type CacheSource = 'hit' | 'miss' | 'shared' | 'revalidated' | 'stale';

/** Asks the service; what `revalidate` holds (`[name, value]` pairs, such as `if-none-match`) goes along. */
export type LoadReply = (revalidate: readonly string[]) => Promise<CacheableReply>;

/** How one request is cached. */
export interface CacheRule {
  /** How long an answer is fresh that does not say so itself, in ms; the cache's own default when undefined. */
  readonly ttlMs?: number | undefined;
}

/** Keeps answers for a client (RFC 9111, a private cache). */
export interface ReplyCache {
  /** Whether answers to such a request may be kept at all: GET and HEAD. */
  handles(request: CacheRequest): boolean;
  /**
   * Answers a request that it handles: with what is kept while that is fresh, else with what `load` brings. Who asks for
   * the same meanwhile shares that one load, which goes on whoever stops waiting.
   * @throws what `load` rejects with; nothing is kept then
   */
  through(
    request: CacheRequest,
    rule: CacheRule,
    load: LoadReply,
  ): Promise<{ readonly reply: CacheableReply; readonly source: CacheSource }>;
  /** What is kept for a request although it may be old; undefined when nothing is. For fallbacks. */
  stale(request: CacheRequest): CacheableReply | undefined;
  /** Forgets what is kept under the path of a request that has changed something. */
  invalidate(request: CacheRequest): void;
  /** Forgets everything. */
  clear(): void;
}
