import { type Clock, type Duration, parsePositiveDuration, systemClock, WeftError } from '@weft/core';
import type { Check } from './check.js';
import { readRatio } from './read-ratio.js';

/** How much processor time the process may use. */
export interface CpuCheckOptions {
  /** Processor time over time, where 1 is one core all the time: all that JavaScript outside of workers can use. Default 0.95. */
  readonly maxRatio?: number | undefined;
  /** Least time to measure over; default 10 s. */
  readonly window?: Duration | undefined;
  /** Default: the process's. */
  readonly clock?: Clock | undefined;
}

/** More cores than any machine has. */
const MOST_CORES = 1_024;

/**
 * Passes while the process does not use up its processor. Measures from one run to the first one that comes a window later, and says
 * so until the next: nothing runs in between, and the first run always passes.
 * @throws WEFT_CONFIG_INVALID for options that cannot be
 */
export function cpuCheck({ maxRatio = 0.95, window = '10s', clock = systemClock }: CpuCheckOptions = {}): Check {
  const limit = readRatio(maxRatio, 'maxRatio', MOST_CORES);
  const windowMs = parsePositiveDuration(window, 'window');
  let since: { readonly at: number; readonly usedMs: number } | undefined;
  let ratio = 0;
  return async () => {
    const now = { at: clock.now(), usedMs: usedMs() };
    since ??= now;
    const tookMs = now.at - since.at;
    if (tookMs >= windowMs) {
      ratio = (now.usedMs - since.usedMs) / tookMs;
      since = now;
    }
    if (ratio <= limit) return;
    throw new WeftError('WEFT_OVERLOADED', `cpu: ${percent(ratio)} of a core in use, more than ${percent(limit)}`);
  };
}

function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
