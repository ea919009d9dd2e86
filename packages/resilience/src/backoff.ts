import type { Random } from '@weft/core';

/**
 * How long to wait before a retry, in ms: uniform between 0 and `retryDelayMs` doubled `n` times, so that callers that
 * failed together do not come back together.
 *
 * Source: M. Brooker, "Exponential Backoff And Jitter" (full jitter), AWS Architecture Blog, 2015.
 * @param n retries that were made before, from 0
 */
export function backoffMs(n: number, retryDelayMs: number, random: Random, capMs = 1_000): number {
  return random() * Math.min(capMs, retryDelayMs * 2 ** n);
}
