import type { Random } from '@weft/core';

const FIRST_MS = 1_000;
const UNREACHABLE_CAP_MS = 2_000;
const REFUSED_CAP_MS = 10_000;

/**
 * How long to wait before the next try, in ms: at first uniform in 0-1 s, so that the clients of a restarted server do
 * not come back in one moment, then full jitter up to 2 s. While the server answers, but refuses us, equal jitter up to 10 s:
 * who wants something asks by itself, and both together must stay few.
 *
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function reconnectPauseMs(failures: number, isRefused: boolean, random: Random): number {
  const capMs = Math.min(isRefused ? REFUSED_CAP_MS : UNREACHABLE_CAP_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  const leastMs = isRefused && failures > 0 ? capMs / 2 : 0;
  return leastMs + random() * (capMs - leastMs);
}
