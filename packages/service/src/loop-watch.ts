import { type Clock, type Logger, messageOf, type Timer } from '@weft/core';
import type { ServiceMonitor } from './service-monitor.js';

/** What a loop watch is made with. */
export interface LoopWatchOptions {
  readonly clock: Clock;
  /** Told each delay, ten times a second. */
  readonly monitor: ServiceMonitor;
  /** Told when the monitor fails. */
  readonly log: Logger;
  /** Told when the loop has been blocked, with the delay in ms, and with undefined when it is on time again. */
  readonly onChange: (delayMs: number | undefined) => void;
}

const SAMPLE_MS = 100;
/** Nobody who waits for an answer takes a service for ready that stands still for so long. */
const LATE_MS = 1_000;
/** One block is often followed by the next: so long without another before it counts as over. */
const CALM_MS = 1_000;

/**
 * Whether the event loop of the process turns: a timer that comes a second late was blocked for as long. While it is blocked
 * nothing can be told to anybody; the first turn after it tells, and not before a calm second it is over. A process that was
 * stopped and goes on, or that has no processor, looks the same, and is the same to callers.
 */
export class LoopWatch {
  readonly #options: LoopWatchOptions;
  #timer: Timer | undefined;
  #dueAt = 0;
  #lateMs: number | undefined;
  #lateAt = 0;

  constructor(options: LoopWatchOptions) {
    this.#options = options;
  }

  /**
   * How late the loop was when it was last blocked, in ms; undefined while it is on time. Who asks in the turn that ends a
   * block, before any timer can run, is told what is known by then.
   */
  get lateMs(): number | undefined {
    const delayMs = this.#timer ? this.#options.clock.now() - this.#dueAt : 0;
    return delayMs > LATE_MS ? delayMs : this.#lateMs;
  }

  /** Begins to measure, anew when it did already. */
  start(): void {
    this.stop();
    this.#arm(this.#options.clock.now());
  }

  /** Measures no longer; the loop counts as on time. Idempotent. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#lateMs = undefined;
  }

  #arm(nowMs: number): void {
    this.#dueAt = nowMs + SAMPLE_MS;
    this.#timer = this.#options.clock.setTimer(SAMPLE_MS, this.#sample);
  }

  readonly #sample = (): void => {
    const { clock, onChange } = this.#options;
    const nowMs = clock.now();
    const delayMs = Math.max(0, nowMs - this.#dueAt);
    this.#arm(nowMs);
    this.#record(delayMs);
    const wasLate = this.#lateMs !== undefined;
    if (delayMs > LATE_MS) {
      this.#lateMs = delayMs;
      this.#lateAt = nowMs;
      if (!wasLate) onChange(delayMs);
    } else if (wasLate && nowMs - this.#lateAt >= CALM_MS) {
      this.#lateMs = undefined;
      onChange(undefined);
    }
  };

  /** What measures may be anybody's; its failure must not end the process. */
  #record(delayMs: number): void {
    const { monitor, log } = this.#options;
    try {
      monitor.recordLoopDelay(delayMs / 1_000);
    } catch (error) {
      log.error(`Panic: ${messageOf(error)}`, { error });
    }
  }
}
