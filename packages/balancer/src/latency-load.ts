import type { InstanceHandle, Outcome } from '@weft/core';
import { InstanceLoad } from './instance-load.js';

/** What counts as no time at all, in ms: also the fastest have to be told apart by their calls in flight. */
const LEAST_MS = 0.1;

/** Below this part of the decay the exponential is a straight line to within 0.5 %, and costs nothing. */
const STRAIGHT_RATIO = 0.01;

/**
 * What one instance carries, and how fast it has been of late: a moving average of latencies that follows a rise at once and a
 * fall slowly. A value above it replaces it, one below it counts the more the longer ago the last one was. Without values it
 * falls towards 0, so that a slow instance is asked again some day. It stands in this object and not in one of its own: that
 * one more step through memory is a tenth of what a pick costs.
 *
 * Source: Finagle, `PeakEwma`; the weight of a value by the time since the last one as in Linux' load average.
 */
export class LatencyLoad extends InstanceLoad {
  readonly #decayMs: number;
  #latencyMs = -1;
  #observedAt = 0;

  /** @param decayMs after which a latency counts for 1/e */
  constructor(instance: InstanceHandle, penaltyMs: number, decayMs: number) {
    super(instance, penaltyMs);
    this.#decayMs = decayMs;
  }

  override end(startedAt: number, outcome: Outcome): void {
    super.end(startedAt, outcome);
    this.#observe(outcome, startedAt + outcome.durationMs);
  }

  /** One that is not known yet is taken to be as fast as the one it is compared with. */
  override lighter(other: LatencyLoad, nowMs: number): LatencyLoad {
    const own = this.latencyAt(nowMs);
    const others = other.latencyAt(nowMs);
    const difference = this.#costMs(own >= 0 ? own : others, nowMs) - other.#costMs(others >= 0 ? others : own, nowMs);
    if (difference !== 0) return difference < 0 ? this : other;
    return this.lastTurn <= other.lastTurn ? this : other;
  }

  /** The moving average, in ms; below 0 before the first latency. */
  latencyAt(nowMs: number): number {
    return this.#latencyMs * (1 - forgottenRatio(nowMs - this.#observedAt, this.#decayMs));
  }

  /** A quick failure is no sign of speed, and neither is a call that was given up: those only count when they took long. */
  #observe({ result, durationMs }: Outcome, endedAt: number): void {
    const forgotten = forgottenRatio(endedAt - this.#observedAt, this.#decayMs);
    const known = this.#latencyMs * (1 - forgotten);
    const isRise = known >= 0 && durationMs > known;
    if (result !== 'ok' && !isRise) return;
    this.#latencyMs = known > durationMs ? known + durationMs * forgotten : durationMs;
    if (endedAt > this.#observedAt) this.#observedAt = endedAt;
  }

  /** How long one call more would take if all took their turns, and how long those in flight wait already. */
  #costMs(latencyMs: number, nowMs: number): number {
    return Math.max(LEAST_MS, latencyMs) * (1 + this.callsAt(nowMs)) + this.agesMs(nowMs);
  }
}

/** What part of a moving average is forgotten after `elapsedMs`: from 0 to 1. */
function forgottenRatio(elapsedMs: number, decayMs: number): number {
  const decays = elapsedMs / decayMs;
  if (decays < STRAIGHT_RATIO) return Math.max(0, decays);
  return 1 - Math.exp(-decays);
}
