import type { Clock, Timer } from '@weft/core';

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 32_000;
const PROBE_TIMEOUT_MS = 1_000;

/** Asks one instance whether it can serve; false or a rejection when it cannot. Bounded by `timeoutMs` in any case. */
export type Probe = (timeoutMs: number) => Promise<boolean>;

/** What has to happen before an instance counts as well again. */
export interface ProbePlan {
  /** Until the first probe, in ms; 1 s unless set. After a failed probe 2 s, then twice as long each time, up to 32 s. */
  readonly delayMs?: number;
  /** Probes that have to pass in a row, 1 s apart. */
  readonly passes: number;
  /** Called once, when they have. */
  readonly recovered: () => void;
}

/** Probes one instance until it is well again. One probe at a time; at most one plan. */
export class Probing {
  readonly #probe: Probe;
  readonly #clock: Clock;
  #plan: ProbePlan | undefined;
  #timer: Timer | undefined;
  #passed = 0;
  #failed = 0;

  constructor(probe: Probe, clock: Clock) {
    this.#probe = probe;
    this.#clock = clock;
  }

  /** Begins `plan` and drops the one before. */
  start(plan: ProbePlan): void {
    this.stop();
    this.#plan = plan;
    this.#passed = 0;
    this.#failed = 0;
    this.#schedule(plan, plan.delayMs ?? FIRST_DELAY_MS);
  }

  /** Probes now instead of later, when something says that the instance may be back. */
  hurry(): void {
    if (this.#plan && this.#timer) this.#schedule(this.#plan, 0);
  }

  /** A real answer: as good as a passed probe. */
  pass(): void {
    if (this.#plan) this.#judge(this.#plan, true, this.#clock.now());
  }

  /** Drops the plan; an answer that is still to come is ignored. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#plan = undefined;
  }

  #schedule(plan: ProbePlan, delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      void this.#run(plan);
    });
  }

  async #run(plan: ProbePlan): Promise<void> {
    const startedAt = this.#clock.now();
    const hasPassed = await withinTimeout(this.#probe, this.#clock);
    if (plan === this.#plan && !this.#timer) this.#judge(plan, hasPassed, startedAt);
  }

  /** The delay runs from the beginning of a probe, so that one that times out does not delay the next. */
  #judge(plan: ProbePlan, hasPassed: boolean, startedAt: number): void {
    this.#passed = hasPassed ? this.#passed + 1 : 0;
    this.#failed = hasPassed ? 0 : this.#failed + 1;
    if (this.#passed < plan.passes) {
      this.#scheduleNext(plan, startedAt);
      return;
    }
    this.stop();
    plan.recovered();
  }

  #scheduleNext(plan: ProbePlan, startedAt: number): void {
    const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failed);
    this.#schedule(plan, Math.max(0, startedAt + delayMs - this.#clock.now()));
  }
}

function withinTimeout(probe: Probe, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(PROBE_TIMEOUT_MS, () => resolve(false));
    const end = (hasPassed: boolean) => {
      timer.cancel();
      resolve(hasPassed);
    };
    Promise.resolve(PROBE_TIMEOUT_MS)
      .then(probe)
      .then(end, () => end(false));
  });
}
