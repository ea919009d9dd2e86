import type { CacheableReply, CacheRequest, CacheRule, CacheSource, Duration, LoadReply, ReplyCache } from '@weft/core';
import { directiveMs, parseCacheControl } from './cache-control.js';
import { CachedResponse, type ReceivedResponse, replyOf } from './cached-response.js';
import { Flight, isOutage, type Landed } from './flight.js';
import { KeptReply } from './kept-reply.js';
import { mayKeep, mayShare, replacesKept, varyOf } from './may-keep.js';
import { headerValue, type Place, placeOf } from './place.js';
import { ownReply, replyCopy, withNewHeaders } from './reply-copy.js';
import { type Found, ReplyStore } from './reply-store.js';
import { parseCacheOptions, type RequestCacheOptions, type RequestCacheSettings } from './request-cache-options.js';

/** Who sends one of these wants an answer of its own: a part, a comparison with what it has, or one that depends on a body. */
const OWN_ANSWER = new Set([
  'content-length',
  'content-type',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
  'transfer-encoding',
]);

/** How long an answer is fresh that is kept under a key of the caller's own, when there is no `ttl`, in ms. */
const OWN_KEY_TTL_MS = 60_000;

/**
 * Keeps answers to GET and HEAD in the process: a private cache (RFC 9111) in which callers that differ in `authorization`
 * or `cookie` share nothing. Those who ask for the same at once share one load.
 */
export class RequestCache implements ReplyCache {
  readonly #settings: RequestCacheSettings;
  readonly #store: ReplyStore;
  readonly #underWay = new Set<Flight>();
  readonly #joinable = new Map<string, Flight>();

  /**
   * @param options or only how long an answer is fresh that does not say so itself
   * @throws WEFT_CONFIG_INVALID for options that cannot be
   */
  constructor(options: Duration | RequestCacheOptions = {}) {
    this.#settings = parseCacheOptions(typeof options === 'object' ? options : { ttl: options });
    this.#store = new ReplyStore(this.#settings.maxEntries, this.#settings.maxBytes);
  }

  /** Entries that are held now: answers, and what tells their variants apart. */
  get size(): number {
    return this.#store.size;
  }

  /** Roughly what they take, in bytes. */
  get bytes(): number {
    return this.#store.bytes;
  }

  /** Whether answers to such a request may be kept: GET and HEAD, unless it says `no-store` or wants an answer of its own. */
  handles({ method, headers }: CacheRequest): boolean {
    if (method !== 'GET' && method !== 'HEAD') return false;
    for (let at = 0; at < headers.length; at += 2) {
      const name = headers[at] ?? '';
      if (OWN_ANSWER.has(name)) return false;
      if (name === 'cache-control' && parseCacheControl(headers[at + 1]).has('no-store')) return false;
    }
    return true;
  }

  /**
   * Answers with what is kept while that is fresh, else with what `load` brings; a request that is not handled with that
   * at once. Each reader gets a copy.
   * @throws what `load` rejects with, each who waited for it an error of its own; nothing is kept then
   */
  async through(
    request: CacheRequest,
    rule: CacheRule,
    load: LoadReply,
  ): Promise<{ readonly reply: CacheableReply; readonly source: CacheSource }> {
    if (!this.handles(request)) return { reply: await load([]), source: 'miss' };
    const place = this.#placeOf(request);
    const asks = parseCacheControl(headerValue(request.headers, 'cache-control'));
    const isRefresh = asks.has('no-cache');
    const maxAgeMs = isRefresh ? 0 : directiveMs(asks, 'max-age');
    for (let tries = 0; ; tries++) {
      const found = this.#store.find(place);
      const nowMs = this.#settings.clock.now();
      if (found.kept?.isFresh(nowMs, this.#ttlMs(rule), maxAgeMs)) return { reply: found.kept.copy(nowMs), source: 'hit' };
      // Who waited twice for an answer that was another's waits no third time; who refreshes wants none that is under way.
      const flight = isRefresh || found.isAlone || tries === 2 ? undefined : this.#joinable.get(found.key);
      if (!flight) return told(await this.#begin(place, found, rule, load).landed);
      const landed = await flight.join(place);
      if (landed) return { ...told(landed), source: 'shared' };
    }
  }

  /** What is kept for a request, up to `staleFor` after it was fresh; nothing that must not be used without asking. */
  stale(request: CacheRequest): CacheableReply | undefined {
    if (!this.handles(request)) return undefined;
    const nowMs = this.#settings.clock.now();
    const { kept } = this.#store.find(this.#placeOf(request));
    return kept?.isUsable(nowMs, this.#settings.staleForMs) ? kept.copy(nowMs) : undefined;
  }

  /** Forgets what is kept under a path, whatever its query and whoever asked; what is being loaded is not kept. */
  invalidate(request: CacheRequest): void {
    const { path } = this.#placeOf(request);
    this.#store.forgetPath(path);
    for (const flight of this.#underWay) if (flight.place.path === path) this.#outdate(flight);
  }

  /** Forgets everything; what is being loaded is not kept. */
  clear(): void {
    this.#store.clear();
    for (const flight of this.#underWay) this.#outdate(flight);
  }

  /** The answer that was kept under a key of the caller's own, while it is fresh; undefined for a miss. */
  getCachedResponse(key: string): CachedResponse | undefined {
    const nowMs = this.#settings.clock.now();
    const { kept } = this.#store.find(ownPlace(key));
    return kept?.isFresh(nowMs, this.#ownKeyTtlMs) ? new CachedResponse(kept.copy(nowMs), 'hit') : undefined;
  }

  /**
   * Keeps a copy of an answer under a key of the caller's own: of any status, for `ttl`, 60 s unless set, whatever it says
   * about being kept itself. Which answers to keep for whom is the caller's business.
   */
  cacheResponse(key: string, response: ReceivedResponse): void {
    const { 'cache-control': _, expires: __, age: ___, ...headers } = response.headers;
    const reply = ownReply({ ...replyOf(response), headers });
    this.#store.keep(ownPlace(key), [], new KeptReply(reply, this.#settings.clock.now(), this.#ownKeyTtlMs));
  }

  #begin(place: Place, found: Found, rule: CacheRule, load: LoadReply): Flight {
    return new Flight(place, found, (flight) => {
      this.#underWay.add(flight);
      if (!flight.isAlone) {
        const older = this.#joinable.get(flight.key);
        if (older) older.isOutdated = true;
        this.#joinable.set(flight.key, flight);
      }
      return this.#load(flight, rule, load);
    });
  }

  async #load(flight: Flight, rule: CacheRule, load: LoadReply): Promise<Landed> {
    const askedAt = this.#settings.clock.now();
    try {
      const validators = flight.kept?.validators ?? [];
      const reply = await load(validators);
      if (reply.status >= 500) return this.#standIn(flight) ?? asLoaded(flight, reply);
      if (reply.status !== 304 || validators.length === 0 || !flight.kept) {
        return this.#keep(flight, { reply, source: 'miss' }, askedAt, rule);
      }
      const renewed = withNewHeaders(flight.kept.reply, reply);
      return this.#keep(flight, { reply: renewed, source: 'revalidated' }, askedAt, rule);
    } catch (error) {
      const instead = isOutage(error) ? this.#standIn(flight) : undefined;
      if (instead) return instead;
      throw error;
    } finally {
      this.#underWay.delete(flight);
      this.#unlist(flight);
    }
  }

  /** An answer that was kept, where the service allows that it stands for a failure (`stale-if-error`). */
  #standIn({ kept, isOutdated }: Flight): Landed | undefined {
    const nowMs = this.#settings.clock.now();
    if (isOutdated || !kept?.mayStandIn(nowMs)) return undefined;
    return { reply: kept.reply, source: 'stale', ageMs: kept.ageMs(nowMs) };
  }

  #keep(flight: Flight, { reply, source }: Landed, askedAt: number, rule: CacheRule): Landed {
    if (flight.isOutdated) return asLoaded(flight, reply, source);
    if (!mayKeep(reply) || reply.body.byteLength > this.#settings.maxEntryBytes) {
      if (replacesKept(reply)) this.#store.forget(flight.key);
      if ((flight.isShared || flight.isAlone) && !mayShare(reply)) this.#store.keepApart(flight.place);
      return asLoaded(flight, reply, source);
    }
    const own = source === 'revalidated' ? reply : ownReply(reply);
    this.#store.keep(flight.place, varyOf(reply.headers), new KeptReply(own, askedAt, this.#ttlMs(rule)));
    return { reply: own, source };
  }

  #outdate(flight: Flight): void {
    flight.isOutdated = true;
    this.#unlist(flight);
  }

  #unlist(flight: Flight): void {
    if (this.#joinable.get(flight.key) === flight) this.#joinable.delete(flight.key);
  }

  #placeOf(request: CacheRequest): Place {
    return placeOf(request, this.#settings.keyHeaders);
  }

  #ttlMs(rule: CacheRule): number {
    return rule.ttlMs ?? this.#settings.ttlMs ?? 0;
  }

  get #ownKeyTtlMs(): number {
    return this.#settings.ttlMs ?? OWN_KEY_TTL_MS;
  }
}

/** An answer that is not kept; a copy when several wait for it, since one of them may hold what was loaded. */
function asLoaded({ isShared }: Flight, reply: CacheableReply, source: CacheSource = 'miss'): Landed {
  return { reply: isShared ? ownReply(reply) : reply, source };
}

function told({ reply, source, ageMs }: Landed): { readonly reply: CacheableReply; readonly source: CacheSource } {
  return { reply: replyCopy(reply, ageMs), source };
}

/** No request has such a key: its method is never empty. */
function ownPlace(key: string): Place {
  return { path: '\n', primary: `\n\n${key}`, headers: [] };
}
