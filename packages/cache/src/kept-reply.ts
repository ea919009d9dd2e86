import type { CacheableReply } from '@weft/core';
import { type Freshness, freshnessOf } from './freshness.js';
import { replyCopy } from './reply-copy.js';

/** An answer that is kept, and until when it may be used. Never changes; a 304 makes a new one. */
export class KeptReply {
  /** Nobody else has it. */
  readonly reply: CacheableReply;
  readonly #freshness: Freshness;
  /** Instant at which it was made, at the latest. */
  readonly #madeAt: number;
  readonly #ttlMs: number;

  /**
   * @param askedAt instant at which it was asked for; it counts as made then, whatever time it took to come
   * @param ttlMs how long it is fresh if it does not say so itself
   */
  constructor(reply: CacheableReply, askedAt: number, ttlMs: number) {
    this.reply = reply;
    this.#freshness = freshnessOf(reply.headers);
    this.#madeAt = askedAt - this.#freshness.ageMs;
    this.#ttlMs = ttlMs;
  }

  /** Headers that ask whether it has changed, names and values in turn; empty when it cannot be asked. */
  get validators(): readonly string[] {
    const { etag, 'last-modified': lastModified } = this.reply.headers;
    return [
      ...(typeof etag === 'string' ? ['if-none-match', etag] : []),
      ...(typeof lastModified === 'string' ? ['if-modified-since', lastModified] : []),
    ];
  }

  /** Roughly what it takes, in bytes. */
  get bytes(): number {
    let characters = 0;
    for (const [name, value] of Object.entries(this.reply.headers)) characters += name.length + String(value).length;
    return this.reply.body.byteLength + 2 * characters;
  }

  /** Whether it can be used without asking. @param ttlMs of now, for an answer that does not say so itself */
  isFresh(nowMs: number, ttlMs: number, maxAgeMs = Number.POSITIVE_INFINITY): boolean {
    return this.ageMs(nowMs) < Math.min(this.#freshness.freshMs ?? ttlMs, maxAgeMs);
  }

  /** Whether it can be used where a fresh one cannot be had, up to `staleForMs` after it was fresh. */
  isUsable(nowMs: number, staleForMs: number): boolean {
    const staleMs = this.ageMs(nowMs) - (this.#freshness.freshMs ?? this.#ttlMs);
    return staleMs < 0 || (!this.#freshness.mustRevalidate && staleMs < staleForMs);
  }

  /** Whether the service allows that it stands for a failure. */
  mayStandIn(nowMs: number): boolean {
    return this.isUsable(nowMs, this.#freshness.staleIfErrorMs);
  }

  /** What a reader gets of it now. */
  copy(nowMs: number): CacheableReply {
    return replyCopy(this.reply, this.ageMs(nowMs));
  }

  /** Ms since it was made. */
  ageMs(nowMs: number): number {
    return nowMs - this.#madeAt;
  }
}
