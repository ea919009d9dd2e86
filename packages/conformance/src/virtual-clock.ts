import type { Clock, Random } from '@weft/core';

/** A clock that stands still until it is moved. */
export interface VirtualClock extends Clock {
  /** Moves on by `ms`, running every timer that falls due, in order, and letting promises settle between them. */
  advance(ms: number): Promise<void>;
  /** Timers that have neither run nor been cancelled. */
  pendingTimers(): number;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock for tests; starts at `startMs`. */
export function virtualClock(startMs = 1_000): VirtualClock {
  let nowMs = startMs;
  let order = 0;
  const timers = new Set<Due>();

  const next = (untilMs: number) => {
    let first: Due | undefined;
    for (const due of timers) {
      if (due.at <= untilMs && (!first || due.at < first.at || (due.at === first.at && due.order < first.order))) first = due;
    }
    return first;
  };

  return {
    now: () => nowMs,
    setTimer(ms, run) {
      const due = { at: nowMs + Math.max(0, ms), order: order++, run };
      timers.add(due);
      return { cancel: () => void timers.delete(due) };
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let due = next(untilMs); due; due = next(untilMs)) {
        timers.delete(due);
        nowMs = Math.max(nowMs, due.at);
        due.run();
        await settle();
      }
      nowMs = untilMs;
      await settle();
    },
    pendingTimers: () => timers.size,
  };
}

/** Lets everything that is already resolved run, through several turns of the event loop. */
export async function settle(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Random numbers that are the same for the same seed (mulberry32, Tommy Ettinger, 2017). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
