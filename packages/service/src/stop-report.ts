import type { Clock, LogFields, Logger } from '@weft/core';

/** How a stop went. */
export interface StopReport {
  /**
   * What took how long, in ms, in the order in which it began: `withdraw` (the record), `propagation` (served on until callers
   * know), `drain` (what ran), `close`. A hurried stop has fewer; one of a service that did not run none.
   */
  readonly steps: readonly { readonly name: string; readonly ms: number }[];
  /** Requests that were cut off while they were worked at: by the end of the grace, or by `immediate`. */
  readonly cut: number;
}

/** Takes down how a stop goes. */
export class StopRecord {
  readonly #clock: Clock;
  readonly #steps: { readonly name: string; ms: number }[] = [];
  #cut = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What has been taken down so far. */
  get report(): StopReport {
    return { steps: this.#steps.map((step) => ({ ...step })), cut: this.#cut };
  }

  /** Times a step. @throws what the step throws */
  async time(name: string, step: Promise<unknown>): Promise<void> {
    const startedAt = this.#clock.now();
    const entry = { name, ms: 0 };
    this.#steps.push(entry);
    try {
      await step;
    } finally {
      entry.ms = Math.round(this.#clock.now() - startedAt);
    }
  }

  /** So many requests are cut off now; some of them may have been told before. */
  cut(count: number): void {
    this.#cut = Math.max(this.#cut, count);
  }
}

/** Logs how a stop went, in one line; a warning when requests were cut off. Nothing for one that had nothing to stop. */
export function logStop(log: Logger, service: LogFields, { steps, cut }: StopReport): void {
  if (steps.length === 0) return;
  const ms = Object.fromEntries(steps.map((step) => [step.name, step.ms]));
  log[cut > 0 ? 'warn' : 'info']('Stopped', { ...service, cut, ms });
}
