import { type Clock, type Duration, parsePositiveDuration, systemClock, type Timer, WeftError } from '@weft/core';
import type { Check } from './check.js';

/** How late the event loop may be. */
export interface EventLoopCheckOptions {
  /** For how long nothing else may run; default 500 ms. */
  readonly maxDelay?: Duration | undefined;
  /** Default: the process's. */
  readonly clock?: Clock | undefined;
}

const LONGEST_SAMPLE_MS = 100;
/** When nobody has asked for so long, nobody will. */
const REST_MS = 120_000;

/**
 * Passes when the event loop was not blocked since it was last asked: not by one long piece of work, nor because the process stood
 * still. The first run begins to measure, by a timer that keeps no process alive and ends 2 minutes after the last run.
 * @throws WEFT_CONFIG_INVALID when the delay is none
 */
export function eventLoopCheck({ maxDelay = '500ms', clock = systemClock }: EventLoopCheckOptions = {}): Check {
  const maxDelayMs = parsePositiveDuration(maxDelay, 'maxDelay');
  const watch = new DelayWatch(clock, Math.min(LONGEST_SAMPLE_MS, maxDelayMs / 5));
  return async () => {
    const worstMs = watch.take();
    if (worstMs <= maxDelayMs) return;
    throw new WeftError('WEFT_OVERLOADED', `event loop: blocked for ${Math.round(worstMs)} ms, more than ${maxDelayMs} ms`);
  };
}

/** The worst delay of a timer that is set again and again. */
class DelayWatch {
  readonly #clock: Clock;
  readonly #sampleMs: number;
  #timer: Timer | undefined;
  #dueAt = 0;
  #worstMs = 0;
  #restsAt = 0;

  constructor(clock: Clock, sampleMs: number) {
    this.#clock = clock;
    this.#sampleMs = sampleMs;
  }

  /** The worst delay since it was last taken, in ms; goes on measuring. */
  take(): number {
    const nowMs = this.#clock.now();
    this.#note(nowMs);
    const worstMs = this.#worstMs;
    this.#worstMs = 0;
    this.#restsAt = nowMs + REST_MS;
    this.#timer?.cancel();
    this.#arm(nowMs);
    return worstMs;
  }

  #arm(nowMs: number): void {
    this.#dueAt = nowMs + this.#sampleMs;
    this.#timer = this.#clock.setTimer(this.#sampleMs, this.#sample);
  }

  #note(nowMs: number): void {
    if (this.#timer) this.#worstMs = Math.max(this.#worstMs, nowMs - this.#dueAt);
  }

  readonly #sample = (): void => {
    const nowMs = this.#clock.now();
    this.#note(nowMs);
    this.#timer = undefined;
    if (nowMs < this.#restsAt) this.#arm(nowMs);
  };
}
