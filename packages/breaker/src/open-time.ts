import type { Random } from '@weft/core';

const LONGEST_MS = 300_000;
const JITTER_RATIO = 0.2;

/**
 * How long a breaker stays open, in ms, when it opens for the `opening`-th time (from 1) without a success in between: the
 * first time exactly `timeoutMs`, then twice as long each time up to 5 min, with 20 % jitter to either side so that many
 * callers do not probe in step.
 */
export function openTimeMs(opening: number, timeoutMs: number, random: Random): number {
  if (opening <= 1) return timeoutMs;
  const longestMs = Math.max(timeoutMs, LONGEST_MS);
  const doubledMs = Math.min(longestMs, timeoutMs * 2 ** (opening - 1));
  return Math.min(longestMs, doubledMs * (1 - JITTER_RATIO + 2 * JITTER_RATIO * random()));
}
