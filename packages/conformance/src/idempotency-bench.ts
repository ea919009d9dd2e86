import assert from 'node:assert/strict';
import type { Claim, IdempotencyStore, StoredAnswer } from '@weft/core';
import { StoreBench, type StoreFaults } from './store-bench.js';

/** One sentence of the contract. */
export interface IdempotencyCase {
  /** The sentence. */
  readonly name: string;
  /** What the target must offer for it. */
  readonly needs?: keyof StoreFaults;
  /** Rejects when it is not true. */
  readonly run: (bench: IdempotencyBench) => Promise<void>;
}

/** So long that a case sees nothing end. */
export const LONG_MS = 600_000;

/** An answer with a text for its body. */
export function answerOf(text: string): StoredAnswer {
  return { status: 201, headers: { 'content-type': 'text/plain' }, body: Buffer.from(text) };
}

/** What a case of an idempotency store works with. */
export class IdempotencyBench extends StoreBench<IdempotencyStore> {
  /** Claims a key. */
  claim(store: IdempotencyStore, key: string, leaseMs = LONG_MS, fingerprint = 'POST /orders'): Promise<Claim> {
    return store.claim(key, { fingerprint, leaseMs, signal: this.signal });
  }

  /** Claims a key that has to be free, and gives the token. */
  async claimed(store: IdempotencyStore, key: string, leaseMs?: number): Promise<string> {
    const claim = await this.claim(store, key, leaseMs);
    assert.ok(claim.state === 'claimed', `the key is not free: ${claim.state}`);
    return claim.token;
  }

  /** Claims a key as soon as it is free; the token and the instant. */
  async claimedLater(store: IdempotencyStore, key: string, withinMs: number): Promise<{ token: string; at: number }> {
    let token = '';
    const claim = async () => {
      token = await this.claimed(store, key);
    };
    await this.eventually('the key is free', claim, withinMs);
    return { token, at: this.now() };
  }

  /** Makes the claim live on. */
  renew(store: IdempotencyStore, key: string, token: string, leaseMs = LONG_MS): Promise<boolean> {
    return store.renew(key, token, { leaseMs, signal: this.signal });
  }

  /** Keeps an answer, of that text unless it is one. */
  complete(
    store: IdempotencyStore,
    key: string,
    token: string,
    answer: string | StoredAnswer,
    ttlMs = LONG_MS,
  ): Promise<boolean> {
    const whole = typeof answer === 'string' ? answerOf(answer) : answer;
    return store.complete(key, token, { answer: whole, ttlMs, signal: this.signal });
  }

  /** Gives the claim up. */
  release(store: IdempotencyStore, key: string, token: string): Promise<void> {
    return store.release(key, token, { signal: this.signal });
  }

  /** What a claim says of a key, as one word: the body's text of an answer, else the state. */
  async stateOf(store: IdempotencyStore, key: string): Promise<string> {
    const claim = await this.claim(store, key);
    return claim.state === 'done' ? Buffer.from(claim.answer.body).toString() : claim.state;
  }
}
