import type { SlowSettings } from './outlier-options.js';
import { RecentDurations } from './recent-durations.js';

const FEWEST_CALLS = 5;
const STRIKES = 3;

/** Whether one instance answers much more slowly than its service does, judged sweep by sweep. */
export class Slowness {
  readonly #durations = new RecentDurations();
  #addedAtLastSweep = 0;
  #medianMs: number | undefined;
  #addedAtMedian = 0;
  #strikes = 0;

  /** A call was answered well, in `durationMs`. */
  add(durationMs: number): void {
    this.#durations.add(durationMs);
  }

  /** Median of its recent durations in ms; undefined while fewer than 5 are known. */
  median(): number | undefined {
    if (this.#durations.added < FEWEST_CALLS) return undefined;
    if (this.#addedAtMedian !== this.#durations.added) this.#medianMs = this.#durations.median();
    this.#addedAtMedian = this.#durations.added;
    return this.#medianMs;
  }

  /** One sweep. True when the instance was slow in 3 sweeps in a row that saw new answers of it; a sweep without any is no sweep. */
  sweep(serviceMedianMs: number, settings: SlowSettings): boolean {
    const medianMs = this.median();
    if (medianMs === undefined || this.#durations.added === this.#addedAtLastSweep) return false;
    this.#addedAtLastSweep = this.#durations.added;
    const isSlow = medianMs > settings.minTimeMs && medianMs > serviceMedianMs * settings.factor;
    this.#strikes = isSlow ? this.#strikes + 1 : 0;
    return this.#strikes >= STRIKES;
  }
}
