import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock, Timer } from '@weft/core';

const RESOLUTION_MS = 10;
const WINDOW_MS = 60_000;
const NS_PER_S = 1e9;

/** How late the event loop was, in seconds. */
export type DelayFigures = Readonly<Record<'min' | 'max' | 'mean' | 'stddev' | 'p50' | 'p90' | 'p99', number>>;

/**
 * How late the event loop was in the last one to two minutes, however many look and however often: no peak gets lost
 * between two scrapes that are at most a minute apart. Two histograms take turns in being the one that is read.
 */
export class EventLoopDelay {
  readonly #clock: Clock;
  #older = startHistogram();
  #younger = startHistogram();
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#takeTurnsLater();
  }

  /** The figures so far; undefined before the first turn of the loop. */
  read(): DelayFigures | undefined {
    const { count, min, max, mean, stddev } = this.#older;
    if (count === 0) return undefined;
    const percentile = (share: number) => lateness(this.#older.percentile(share));
    return {
      min: lateness(min),
      max: lateness(max),
      mean: lateness(mean),
      stddev: stddev / NS_PER_S,
      p50: percentile(50),
      p90: percentile(90),
      p99: percentile(99),
    };
  }

  /** Stops measuring. */
  close(): void {
    this.#timer?.cancel();
    this.#older.disable();
    this.#younger.disable();
  }

  #takeTurnsLater(): void {
    this.#timer = this.#clock.setTimer(WINDOW_MS, () => {
      this.#older.reset();
      [this.#older, this.#younger] = [this.#younger, this.#older];
      this.#takeTurnsLater();
    });
  }
}

function startHistogram(): IntervalHistogram {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return histogram;
}

/** Node measures from one tick of a timer to the next: what is more than the timer's interval is delay. */
function lateness(ns: number): number {
  return Math.max(0, ns / NS_PER_S - RESOLUTION_MS / 1_000);
}
