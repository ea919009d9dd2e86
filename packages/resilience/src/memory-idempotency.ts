import { type Claim, type IdempotencyStore, type OperationOptions, type StoredAnswer, WeftError } from '@weft/core';
import { IdempotencyMemory, type IdempotencyMemoryOptions } from './idempotency-memory.js';

/** What an idempotency store in the process is made with. */
export interface MemoryIdempotencyOptions extends IdempotencyMemoryOptions {
  /** Where to remember; one of its own unless set. Stores on the same memory see each other's keys. */
  readonly memory?: IdempotencyMemory | undefined;
}

/**
 * Remembers answers in this process: no other process sees its keys, and they end with it.
 * @throws WEFT_CONFIG_INVALID for options that cannot be
 */
export function memoryIdempotency({ memory, ...options }: MemoryIdempotencyOptions = {}): IdempotencyStore {
  return new IdempotencyOnMemory(memory ?? new IdempotencyMemory(options));
}

class IdempotencyOnMemory implements IdempotencyStore {
  readonly supports = { multiProcess: false };
  readonly #memory: IdempotencyMemory;
  #isClosed = false;

  constructor(memory: IdempotencyMemory) {
    this.#memory = memory;
  }

  async claim(
    key: string,
    { fingerprint, leaseMs, signal }: OperationOptions & { readonly fingerprint: string; readonly leaseMs: number },
  ): Promise<Claim> {
    this.#assertWanted(signal);
    return this.#memory.claim(key, fingerprint, leaseMs);
  }

  async renew(
    key: string,
    token: string,
    { leaseMs, signal }: OperationOptions & { readonly leaseMs: number },
  ): Promise<boolean> {
    this.#assertWanted(signal);
    return this.#memory.renew(key, token, leaseMs);
  }

  /** Also when nobody waits any more: the work is done, and it costs nothing to remember that. */
  async complete(
    key: string,
    token: string,
    { answer, ttlMs }: OperationOptions & { readonly answer: StoredAnswer; readonly ttlMs: number },
  ): Promise<boolean> {
    this.#assertWanted();
    return this.#memory.complete(key, token, answer, ttlMs);
  }

  /** Also when nobody waits any more: the next try is not to wait for the lease. */
  async release(key: string, token: string): Promise<void> {
    this.#assertWanted();
    this.#memory.release(key, token);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #assertWanted(signal?: AbortSignal): void {
    if (this.#isClosed) throw new WeftError('WEFT_CLOSED', 'the idempotency store is closed');
    if (signal?.aborted) throw new WeftError('WEFT_CANCELLED', 'the operation was given up', { cause: signal.reason });
  }
}
