import { type OperationOptions, type RateLimitDecision, type RateLimitRule, type RateLimitStore, WeftError } from '@weft/core';
import { RateLimitMemory, type RateLimitMemoryOptions } from './rate-limit-memory.js';

/** What rate limits in the process are made with. */
export interface MemoryRateLimitsOptions extends RateLimitMemoryOptions {
  /** Where to count; one of its own unless set. Stores on the same memory count together. */
  readonly memory?: RateLimitMemory | undefined;
}

/** Rate limits of one process: a `RateLimitStore` that can also decide at once. */
export interface MemoryRateLimits extends RateLimitStore {
  /** As `take`, without a promise. @throws WEFT_INVALID_ARGUMENT as `take`, WEFT_CLOSED after close() */
  tryTake(key: string, rule: RateLimitRule, cost?: number, nowMs?: number): RateLimitDecision;
}

/**
 * Rate limits that are counted in this process, by token bucket or sliding window.
 * @throws WEFT_CONFIG_INVALID for options that cannot be
 */
export function memoryRateLimits({ memory, ...options }: MemoryRateLimitsOptions = {}): MemoryRateLimits {
  return new RateLimitsOnMemory(memory ?? new RateLimitMemory(options));
}

class RateLimitsOnMemory implements MemoryRateLimits {
  readonly #memory: RateLimitMemory;
  #isClosed = false;

  constructor(memory: RateLimitMemory) {
    this.#memory = memory;
  }

  tryTake(key: string, rule: RateLimitRule, cost?: number, nowMs?: number): RateLimitDecision {
    if (this.#isClosed) throw new WeftError('WEFT_CLOSED', 'the rate limits are closed');
    return this.#memory.tryTake(key, rule, cost, nowMs);
  }

  async take(
    key: string,
    rule: RateLimitRule,
    { signal, cost }: OperationOptions & { readonly cost?: number },
  ): Promise<RateLimitDecision> {
    if (signal.aborted) throw new WeftError('WEFT_CANCELLED', 'taking from a rate limit was given up', { cause: signal.reason });
    return this.tryTake(key, rule, cost);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }
}
