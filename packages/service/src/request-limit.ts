import { createHash } from 'node:crypto';
import type { Clock, Logger, RateLimitDecision, RateLimitRule, RateLimitStore, Reply } from '@weft/core';
import { bounded, type MemoryRateLimits, memoryRateLimits } from '@weft/resilience';
import { errorReply } from './error-reply.js';
import { Outage } from './outage.js';
import type { RateLimitKey } from './protection-options.js';
import { withRetryAfter } from './reply.js';
import type { ServiceRequest } from './service-request.js';

/** What a request limit is made with. */
export interface RequestLimitOptions {
  /** Name of the service: its instances count together, where they share a store. */
  readonly service: string;
  readonly rule: RateLimitRule;
  readonly key: RateLimitKey;
  /** Undefined: in this process. */
  readonly store: RateLimitStore | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** On the way of a request nobody waits longer for a store. */
const PATIENCE_MS = 250;
const RETRY_MS = 1_000;
/** Longer keys count by their hash: what callers send must not fill the memory. */
const MAX_KEY_LENGTH = 128;
const LIMITED = errorReply(429, 'Too many requests');
const AWAY = 'The store of rate limits does not answer; counting in this process meanwhile';

/**
 * Counts requests and refuses those beyond the rule. In the process it decides at once. With a store that does not answer, it
 * counts here, and asks the store again once a second beside the way of the requests.
 */
export class RequestLimit {
  readonly #options: RequestLimitOptions;
  readonly #keyOf: (request: ServiceRequest) => string;
  readonly #local: MemoryRateLimits;
  /** Where it takes a promise to decide. */
  readonly #shared: RateLimitStore | undefined;
  readonly #outage: Outage;
  #retryAt = 0;

  constructor(options: RequestLimitOptions) {
    const { service, key, store, clock, log } = options;
    this.#options = options;
    // To join two texts for each request takes longer than to count it: a memory of our own counts callers by their addresses.
    this.#keyOf = key === 'peer' && store === undefined ? addressOf : keyReader(service, key);
    const isLocal = store !== undefined && decidesAtOnce(store);
    this.#local = isLocal ? store : memoryRateLimits({ clock });
    this.#shared = isLocal ? undefined : store;
    this.#outage = new Outage(log, AWAY);
  }

  /** The refusal of a request, or undefined when it may go on; later when a store is asked. Never rejects. */
  refusal(request: ServiceRequest): Reply | undefined | Promise<Reply | undefined> {
    const key = this.#keyOf(request);
    const nowMs = request.startedAt;
    if (this.#shared && !this.#outage.isOn) return this.#ask(this.#shared, key, request);
    if (this.#shared && nowMs >= this.#retryAt) {
      this.#retryAt = nowMs + RETRY_MS;
      void this.#take(this.#shared, key);
    }
    return refusalOf(this.#count(key, nowMs), request);
  }

  async #ask(store: RateLimitStore, key: string, request: ServiceRequest): Promise<Reply | undefined> {
    return refusalOf((await this.#take(store, key)) ?? this.#count(key), request);
  }

  /** What the store decides; undefined when it does not. Never rejects. */
  async #take(store: RateLimitStore, key: string): Promise<RateLimitDecision | undefined> {
    const { rule, clock } = this.#options;
    const bound = { what: 'counting a request', from: 'rate limits', timeoutMs: PATIENCE_MS, clock };
    try {
      const decision = await bounded((signal) => store.take(key, rule, { signal }), bound);
      this.#outage.end();
      return decision;
    } catch (error) {
      this.#outage.begin(error);
      this.#retryAt = clock.now() + RETRY_MS;
      return undefined;
    }
  }

  #count(key: string, nowMs?: number): RateLimitDecision {
    return this.#local.tryTake(key, this.#options.rule, 1, nowMs);
  }
}

function refusalOf({ allowed, retryAfterMs }: RateLimitDecision, request: ServiceRequest): Reply | undefined {
  if (allowed) return undefined;
  request.refusedFor = 'rate';
  return withRetryAfter(LIMITED, retryAfterMs);
}

function decidesAtOnce(store: RateLimitStore): store is MemoryRateLimits {
  return 'tryTake' in store;
}

function addressOf({ remoteAddress }: ServiceRequest): string {
  return remoteAddress;
}

function keyReader(service: string, key: RateLimitKey): (request: ServiceRequest) => string {
  const all = `${service}:all`;
  if (key === 'all') return () => all;
  const ofPeer = ({ remoteAddress }: ServiceRequest) => `${service}:peer:${remoteAddress}`;
  if (key === 'peer') return ofPeer;
  if (typeof key === 'function') return (request) => `${service}:key:${short(String(key(request)))}`;
  const header = key.header.toLowerCase();
  return (request) => {
    const value = request.headers[header];
    return value === undefined ? ofPeer(request) : `${service}:${header}:${short(String(value))}`;
  };
}

function short(key: string): string {
  return key.length <= MAX_KEY_LENGTH ? key : createHash('sha256').update(key).digest('base64url');
}
