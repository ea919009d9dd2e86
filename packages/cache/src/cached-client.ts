import { randomUUID } from 'node:crypto';
import { type CacheRequest, type Clock, currentContext, type Duration, runInContext, systemClock } from '@weft/core';
import { CachedResponse, type ReceivedResponse, replyOf } from './cached-response.js';
import type { RequestCache } from './request-cache.js';
import { patienceOf, within } from './within.js';

/** What a cached client looks at in the options of a call; all of them go on to the client. */
export interface CachedCallOptions {
  /** The service that is called, when the client calls several. */
  readonly service?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the caller waits; a load that it began goes on. */
  readonly timeout?: Duration | false;
  /** Ends the caller's wait; a load that it began goes on. */
  readonly signal?: AbortSignal;
  /** Such a call goes past the cache. */
  readonly stream?: boolean;
}

/** Anything that makes calls, such as a client of Weft. */
export interface Caller<Answer extends ReceivedResponse, Options extends CachedCallOptions> {
  /** Makes one call. */
  call(method: string, path: string, body?: unknown, options?: Options | null): Promise<Answer>;
}

/** How a client is cached. */
export interface CachedClientOptions {
  /** Clients of the same name on the same cache share answers; a client has a name of its own unless it is set. */
  readonly name?: string;
  /**
   * Keeps any answer to any method, by method, path and body alone, for the `ttl` of the cache (60 s without one). Then one
   * user gets what another one asked for, and no write makes anything old. Default false.
   */
  readonly unsafe?: boolean;
  /** Time; the process's clock unless set. */
  readonly clock?: Clock;
}

const CHANGES_NOTHING = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** A client whose calls are answered from a cache where that is right, and go on to the client else. */
export class CachedClient<Answer extends ReceivedResponse, Options extends CachedCallOptions = CachedCallOptions> {
  readonly #client: Caller<Answer, Options>;
  readonly #cache: RequestCache;
  readonly #name: string;
  readonly #unsafe: boolean;
  readonly #clock: Clock;

  constructor(
    client: Caller<Answer, Options>,
    cache: RequestCache,
    { name = randomUUID(), unsafe = false, clock = systemClock }: CachedClientOptions = {},
  ) {
    this.#client = client;
    this.#cache = cache;
    this.#name = name;
    this.#unsafe = unsafe;
    this.#clock = clock;
  }

  /**
   * A GET or HEAD without a body: a kept answer, or one that is loaded, once for all who ask at the same time. Any other
   * call goes on to the client; when it may have changed something, what was kept under its path is forgotten.
   * @throws what the client rejects with
   * @throws WEFT_CANCELLED WEFT_DEADLINE_EXCEEDED when the caller stops waiting
   */
  call(method: string, path: string, body?: unknown, options?: Options | null): Promise<Answer | CachedResponse> {
    if (this.#unsafe) return this.#callUnsafely(method, path, body, options);
    const request = this.#requestOf(method, path, options);
    // A path with a line break in it, which no client sends, could be written like the key of somebody else.
    const isPlain = (body === undefined || body === null) && !options?.stream && !/\s/.test(path);
    return isPlain && this.#cache.handles(request)
      ? this.#callThrough(request, options)
      : this.#callPast(request, () => this.#client.call(method, path, body, options));
  }

  async #callThrough(request: CacheRequest, options: Options | null | undefined): Promise<CachedResponse> {
    const patience = patienceOf(options ?? {}, this.#clock);
    const begin = () => this.#cache.through(request, {}, (revalidate) => this.#load(request, options, revalidate));
    const { reply, source } = await within(begin, patience, this.#clock, `${request.method} ${request.path}`);
    return new CachedResponse(reply, source);
  }

  /** Nothing of the one caller who happens to begin a load ends it: neither its signal and timeout nor those that it inherited. */
  async #load(request: CacheRequest, options: Options | null | undefined, revalidate: readonly string[]) {
    const { signal: _, timeout: __, ...lasting } = options ?? ({} as Options);
    const headers = { ...options?.headers, ...pairs(revalidate) };
    const given = { ...lasting, headers } as Options;
    const trace = currentContext()?.trace;
    return replyOf(await runInContext({ trace }, () => this.#client.call(request.method, request.path, null, given)));
  }

  async #callPast(request: CacheRequest, call: () => Promise<Answer>): Promise<Answer> {
    if (CHANGES_NOTHING.has(request.method)) return call();
    try {
      return await call();
    } finally {
      // Also when it failed: it may have had its effect.
      this.#cache.invalidate(request);
    }
  }

  async #callUnsafely(method: string, path: string, body?: unknown, options?: Options | null): Promise<Answer | CachedResponse> {
    const key = options?.stream ? undefined : unsafeKey([this.#name, options?.service, method, path], body);
    if (key === undefined) return this.#client.call(method, path, body, options);
    const cached = this.#cache.getCachedResponse(key);
    if (cached) return cached;
    const response = await this.#client.call(method, path, body, options);
    this.#cache.cacheResponse(key, response);
    return response;
  }

  #requestOf(method: string, path: string, options: Options | null | undefined): CacheRequest {
    const service = options?.service === undefined ? this.#name : `${this.#name} ${options.service}`;
    const headers = Object.entries(options?.headers ?? {}).flatMap(([name, value]) => [name.toLowerCase(), String(value)]);
    return { service, method: String(method).toUpperCase(), path: String(path), headers };
  }
}

function pairs(flat: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < flat.length; at += 2) headers[flat[at] ?? ''] = flat[at + 1] ?? '';
  return headers;
}

/** Undefined for a body that has no text: nobody could tell it from another. */
function unsafeKey(parts: readonly unknown[], body: unknown): string | undefined {
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body) return undefined;
  try {
    return JSON.stringify([...parts, body]);
  } catch {
    return undefined;
  }
}
