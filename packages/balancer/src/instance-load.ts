import type { InstanceHandle, Result } from '@weft/core';

/** What one instance carries: calls in flight, how long they wait, and calls that failed a moment ago. */
export class InstanceLoad {
  /** The instance that carries it. */
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

  /** A call goes to it; `turn` is greater for later calls. */
  begin(nowMs: number, turn: number): void {
    this.#inFlight++;
    this.#startedAtSum += nowMs;
    this.#lastTurn = turn;
  }

  /** The call that began at `startedAt` is over. */
  end(startedAt: number, result: Result, endedAt: number): void {
    this.#inFlight--;
    this.#startedAtSum = this.#inFlight === 0 ? 0 : this.#startedAtSum - startedAt;
    if (result !== 'failed') return;
    this.#forgetOldFailures(endedAt);
    this.#failedUntil.push(endedAt + this.#penaltyMs);
  }

  /** This or `other`, whichever carries less; of equals the one whose last call is longer ago. */
  lighter(other: InstanceLoad, nowMs: number): InstanceLoad {
    const difference = this.#weigh(nowMs) - other.#weigh(nowMs);
    if (difference !== 0) return difference < 0 ? this : other;
    return this.#lastTurn <= other.#lastTurn ? this : other;
  }

  /** A call counts 1 when it begins, 2 when it has waited for 1 s, and so on; one that failed a moment ago counts 1. */
  #weigh(nowMs: number): number {
    if (this.#failedUntil.length > 0) this.#forgetOldFailures(nowMs);
    const agesMs = this.#inFlight * nowMs - this.#startedAtSum;
    return this.#inFlight + agesMs / 1_000 + this.#failedUntil.length;
  }

  #forgetOldFailures(nowMs: number): void {
    while ((this.#failedUntil[0] ?? Number.POSITIVE_INFINITY) <= nowMs) this.#failedUntil.shift();
  }
}
