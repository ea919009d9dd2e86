import type { Random } from '@weft/core';
import type { OutlierSettings } from './outlier-options.js';

const FORGIVEN_EACH_MS = 30_000;
const JITTER_RATIO = 0.2;

/**
 * One instance's ejections for bad answers. Each lasts longer than the one before: base time x count, where the count falls by
 * one for every 30 s without ejection, with up to 20 % more at random so that many callers do not return in step.
 *
 * Source: Envoy, outlier detection; gRFC A50.
 */
export class Ejection {
  #count = 0;
  #isOn = false;
  #until = 0;
  #endedAt = 0;

  /** Whether it is ejected. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Ejections that have not been forgiven. */
  countAt(nowMs: number): number {
    if (this.#isOn) return this.#count;
    return Math.max(0, this.#count - Math.floor((nowMs - this.#endedAt) / FORGIVEN_EACH_MS));
  }

  /** Begins one. */
  begin(nowMs: number, settings: OutlierSettings, random: Random): void {
    this.#count = this.countAt(nowMs) + 1;
    const lastsMs = settings.baseTimeMs * this.#count * (1 + JITTER_RATIO * random());
    this.#isOn = true;
    this.#until = nowMs + Math.min(settings.maxTimeMs, lastsMs);
  }

  /** What is left of its time, in ms from 0. */
  leftMs(nowMs: number): number {
    return Math.max(0, this.#until - nowMs);
  }

  /** Ends it. */
  end(nowMs: number): void {
    this.#isOn = false;
    this.#endedAt = nowMs;
  }
}
