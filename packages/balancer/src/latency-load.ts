import type { InstanceHandle, Outcome } from '@weft/core';
import { InstanceLoad } from './instance-load.js';
import { PeakEwma } from './peak-ewma.js';

/** What counts as no time at all, in ms: also the fastest have to be told apart by their calls in flight. */
const LEAST_MS = 0.1;

/** What one instance carries, and how fast it has been of late. */
export class LatencyLoad extends InstanceLoad {
  readonly #latency: PeakEwma;

  constructor(instance: InstanceHandle, penaltyMs: number, decayMs: number) {
    super(instance, penaltyMs);
    this.#latency = new PeakEwma(decayMs);
  }

  /** A quick failure is no sign of speed, and neither is a call that was given up: those only count when they took long. */
  override end(startedAt: number, outcome: Outcome): void {
    const { result, durationMs } = outcome;
    super.end(startedAt, outcome);
    if (result === 'ok') this.#latency.observe(durationMs, startedAt + durationMs);
    else this.#latency.observeAtLeast(durationMs, startedAt + durationMs);
  }

  /** One that is not known yet is taken to be as fast as the one it is compared with. */
  override lighter(other: LatencyLoad, nowMs: number): LatencyLoad {
    const own = this.#latency.valueAt(nowMs);
    const others = other.#latency.valueAt(nowMs);
    const difference = this.#costMs(own >= 0 ? own : others, nowMs) - other.#costMs(others >= 0 ? others : own, nowMs);
    if (difference !== 0) return difference < 0 ? this : other;
    return this.lastTurn <= other.lastTurn ? this : other;
  }

  /** How long one call more would take if all took their turns, and how long those in flight wait already. */
  #costMs(latencyMs: number, nowMs: number): number {
    return Math.max(LEAST_MS, latencyMs) * (1 + this.callsAt(nowMs)) + this.agesMs(nowMs);
  }
}
