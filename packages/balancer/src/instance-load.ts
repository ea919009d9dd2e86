import type { InstanceHandle, Outcome } from '@weft/core';
import type { Contender } from './two-choices.js';

/** What one instance carries: calls in flight, how long they wait, and calls that failed a moment ago. */
export class InstanceLoad implements Contender<InstanceLoad> {
  readonly instance: InstanceHandle;
  readonly #penaltyMs: number;
  /** Instants at which failed calls stop counting, oldest first. */
  readonly #failedUntil: number[] = [];
  #inFlight = 0;
  /** Sum of the instants at which the calls in flight began: their summed age is `inFlight * now` minus this. */
  #startedAtSum = 0;
  #lastTurn = 0;

  constructor(instance: InstanceHandle, penaltyMs: number) {
    this.instance = instance;
    this.#penaltyMs = penaltyMs;
  }

  /** The number of its last call among all of its balancer. */
  get lastTurn(): number {
    return this.#lastTurn;
  }

  begin(nowMs: number, turn: number): void {
    this.#inFlight++;
    this.#startedAtSum += nowMs;
    this.#lastTurn = turn;
  }

  end(startedAt: number, { result, durationMs }: Outcome): void {
    this.#inFlight--;
    this.#startedAtSum = this.#inFlight === 0 ? 0 : this.#startedAtSum - startedAt;
    if (result !== 'failed') return;
    const endedAt = startedAt + durationMs;
    this.#forgetOldFailures(endedAt);
    this.#failedUntil.push(endedAt + this.#penaltyMs);
  }

  /** A call counts 1 when it begins, 2 when it has waited for 1 s, and so on; one that failed a moment ago counts 1. */
  lighter(other: InstanceLoad, nowMs: number): InstanceLoad {
    const difference = this.callsAt(nowMs) + this.agesMs(nowMs) / 1_000 - other.callsAt(nowMs) - other.agesMs(nowMs) / 1_000;
    if (difference !== 0) return difference < 0 ? this : other;
    return this.#lastTurn <= other.#lastTurn ? this : other;
  }

  /** Calls in flight, and those that failed a moment ago. */
  callsAt(nowMs: number): number {
    if (this.#failedUntil.length > 0) this.#forgetOldFailures(nowMs);
    return this.#inFlight + this.#failedUntil.length;
  }

  /** How long the calls in flight have waited, added up, in ms. */
  agesMs(nowMs: number): number {
    return this.#inFlight * nowMs - this.#startedAtSum;
  }

  #forgetOldFailures(nowMs: number): void {
    while ((this.#failedUntil[0] ?? Number.POSITIVE_INFINITY) <= nowMs) this.#failedUntil.shift();
  }
}
