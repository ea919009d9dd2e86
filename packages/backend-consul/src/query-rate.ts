import { type Clock, sleep } from '@weft/core';

const BURST = 2;
const REFILL_MS = 1_000;

/**
 * A token bucket for the queries of one watch, burst 2, then one a second: a server whose every answer is news, or that
 * does not hold a query, must not make the watch spin.
 *
 * Source: HashiCorp, "Blocking Queries", implementation details: rate limiting.
 */
export class QueryRate {
  private tokens = BURST;
  private filledAt: number;

  constructor(private readonly clock: Clock) {
    this.filledAt = clock.now();
  }

  /** Resolves when the next query may be sent; rejects when the signal is aborted first. */
  async take(signal: AbortSignal): Promise<void> {
    const now = this.clock.now();
    this.tokens = Math.min(BURST, this.tokens + (now - this.filledAt) / REFILL_MS);
    this.filledAt = now;
    this.tokens--;
    if (this.tokens < 0) await sleep(-this.tokens * REFILL_MS, this.clock, signal);
  }
}
