import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as rest } from 'node:timers/promises';

const RESOLUTION_MS = 5;

/** How long the event loop was held up, in ms beyond what its timer takes anyway. */
export interface LoopStalls {
  /** Longest stall. */
  readonly mostMs: number;
  /** 99 of 100 looks found less. */
  readonly p99Ms: number;
}

/** Watches the event loop while `run` runs. */
export async function loopStallsDuring(run: () => Promise<void>): Promise<LoopStalls> {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  try {
    await run();
    // What has just held the loop up is noticed a look later.
    await rest(RESOLUTION_MS * 4);
  } finally {
    delays.disable();
  }
  const beyond = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  return { mostMs: beyond(delays.max), p99Ms: beyond(delays.percentile(99)) };
}
