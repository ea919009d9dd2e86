import type { InstanceHealth } from './instance-health.js';

const MEDIAN_FACTOR = 10;
const LATE_SWEEP_RATIO = 1.5;

/**
 * When an instance is stalled: its oldest call waits for longer than 1 s, or than 10 times the service's median if that is
 * more, it was not heard of meanwhile, and another instance was. An instance that answers other calls is not stalled, only
 * asked something that takes long. When this process itself stood still, nobody is blamed for the silence.
 */
export class StallRule {
  readonly #leastMs: number;
  readonly #sweepMs: number;
  #limitMs: number;
  #sweptAt = 0;
  #wokeAt = Number.NEGATIVE_INFINITY;

  /** Ages and intervals in ms. */
  constructor(leastMs: number, sweepMs: number) {
    this.#leastMs = leastMs;
    this.#limitMs = leastMs;
    this.#sweepMs = sweepMs;
  }

  /** Sweeps begin: calls are made again. */
  begin(nowMs: number): void {
    this.#sweptAt = nowMs;
  }

  /** One sweep, with the service's median if it is known. */
  sweep(nowMs: number, serviceMedianMs = 0): void {
    if (this.#isLate(nowMs)) this.#wokeAt = nowMs;
    this.#sweptAt = nowMs;
    this.#limitMs = Math.max(this.#leastMs, MEDIAN_FACTOR * serviceMedianMs);
  }

  /**
   * The instant since which nothing was heard of `health` while a call to it waits, when that is too long; else undefined. It
   * is stalled if another instance was heard of since then.
   */
  silentSince(health: InstanceHealth, nowMs: number): number | undefined {
    const { oldest } = health.flights;
    if (!oldest || nowMs - oldest.startedAt <= this.#limitMs || health.outage.reason !== undefined) return undefined;
    const since = Math.max(oldest.startedAt, health.heardAt, this.#wokeAt);
    return nowMs - since > this.#limitMs && !this.#isLate(nowMs) ? since : undefined;
  }

  #isLate(nowMs: number): boolean {
    return nowMs - this.#sweptAt > this.#sweepMs * LATE_SWEEP_RATIO;
  }
}
