import { type Clock, type Logger, messageOf, type RateLimitDecision, type RateLimitRule, type RateLimitStore } from '@weft/core';
import { bounded, type MemoryRateLimits, memoryRateLimits } from '@weft/resilience';

/** On the way of a call a store is not waited for longer, in ms. */
const PATIENCE_MS = 250;
/** How long a store that failed is left alone, in ms. */
const PAUSE_MS = 1_000;

/**
 * Counts calls against their limits: in the store that was given, or in this process without one. While the store fails or
 * is silent, in this process too: a limit that is counted apart is better than none, and than no calls.
 */
export class CallLimits {
  /** Where it takes a promise to decide. */
  readonly #shared: RateLimitStore | undefined;
  readonly #own: MemoryRateLimits;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #isFailing = false;
  #againAt = 0;

  constructor(store: RateLimitStore | undefined, clock: Clock, logger: Logger) {
    const decidesAtOnce = store !== undefined && 'tryTake' in store;
    this.#shared = decidesAtOnce ? undefined : store;
    this.#own = decidesAtOnce ? (store as MemoryRateLimits) : memoryRateLimits({ clock });
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Takes one; never rejects. */
  take(key: string, rule: RateLimitRule, nowMs: number): RateLimitDecision | Promise<RateLimitDecision> {
    if (!this.#shared || nowMs < this.#againAt) return this.#own.tryTake(key, rule, 1, nowMs);
    return this.#takeShared(this.#shared, key, rule);
  }

  async #takeShared(store: RateLimitStore, key: string, rule: RateLimitRule): Promise<RateLimitDecision> {
    const bound = { what: `counting a call of "${key}"`, from: 'rate limits', timeoutMs: PATIENCE_MS, clock: this.#clock };
    try {
      const decision = await bounded((signal) => store.take(key, rule, { signal }), { ...bound, isAwaited: true });
      if (this.#isFailing) this.#logger.info('rate limits are counted in their store again');
      this.#isFailing = false;
      return decision;
    } catch (error) {
      if (!this.#isFailing)
        this.#logger.warn('rate limits are counted in this process: their store fails', { error: messageOf(error) });
      this.#isFailing = true;
      this.#againAt = this.#clock.now() + PAUSE_MS;
      return this.#own.tryTake(key, rule, 1);
    }
  }
}
