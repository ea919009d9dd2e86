import { type Result, WeftError, withoutStack } from '@weft/core';
import {
  type AdaptiveConcurrencyOptions,
  type AdaptiveConcurrencySettings,
  parseAdaptiveConcurrencyOptions,
} from './adaptive-concurrency-options.js';
import { LatencySample } from './latency-sample.js';
import { UnloadedProbe } from './unloaded-probe.js';

const LEAST_SAMPLES = 20;
const SOONEST_PROBE_MS = 1_000;
const LEAST_GRADIENT = 0.5;
/** The limit is at most so many times what was asked for of late: with 2, a rush of three times the capacity waits twice as long as with 1.5. */
const MOST_SPARE = 1.5;

/**
 * Finds out by itself how many requests a service can work at together. Each window compares the median latency with the
 * unloaded one: `limit = limit * min(1, tolerance * unloaded / now) + sqrt(limit)`. While there is no queue the limit grows,
 * and it shrinks as far as latency grows, so that it rests a little above what the service can do at once. It does not grow
 * beyond one and a half times what is asked for: a rush is let in before its first latencies are there to tell of it.
 *
 * What "unloaded" means changes with deploys, data and dependencies. So it is measured anew every 10 s, with the limit halved
 * for a few latencies (`UnloadedProbe`): the queue drains, and what then takes long, takes long by itself. Without that measure a gradient
 * takes the latency of an overload for normal by and by (the limit runs away), or for ever fights a service that has become
 * slower (it collapses).
 *
 * Source: Envoy's adaptive concurrency filter (gradient controller, minRTT window); the bounds on the gradient and on growth
 * are those of Gradient2 in Netflix' concurrency-limits; halving in place of a fixed small concurrency is in the spirit of
 * PROBE_RTT in N. Cardwell et al., "BBR", ACM Queue 14(5), 2016.
 */
export class AdaptiveConcurrency {
  readonly #settings: AdaptiveConcurrencySettings;
  readonly #sample = new LatencySample();
  #limit: number;
  #inFlight = 0;
  #peak = 0;
  #windowAt: number;
  #unloadedMs = Number.NaN;
  #recentMs = 0;
  #probe: UnloadedProbe | undefined;
  #probeAt: number;
  #soonestProbeAt: number;

  /** @throws WEFT_CONFIG_INVALID for options that cannot be */
  constructor(options: AdaptiveConcurrencyOptions = {}) {
    this.#settings = parseAdaptiveConcurrencyOptions(options);
    this.#limit = this.#settings.initialLimit;
    this.#windowAt = this.#settings.clock.now();
    this.#probeAt = this.#windowAt + Math.min(SOONEST_PROBE_MS, this.#settings.probeIntervalMs);
    this.#soonestProbeAt = this.#probeAt;
  }

  /** Requests that may be worked at together now. */
  get limit(): number {
    return Math.floor(this.#probe ? this.#probe.limit : this.#limit);
  }

  /** Requests that are worked at now. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The latency that counts as unloaded, in ms; undefined before it was measured. */
  get unloadedMs(): number | undefined {
    return Number.isNaN(this.#unloadedMs) ? undefined : this.#unloadedMs;
  }

  /** Takes a place if one is free, to be given back with `leave()`. */
  tryEnter(): boolean {
    if (this.#inFlight >= (this.#probe ? this.#probe.limit : this.#limit)) return false;
    if (++this.#inFlight > this.#peak) this.#peak = this.#inFlight;
    return true;
  }

  /**
   * Gives a place back, once for each that was taken. What failed says something of latency only when it took long: a quick
   * failure is no sign of speed. What is `ignored` says nothing.
   */
  leave(result: Result, durationMs: number, nowMs = this.#settings.clock.now()): void {
    this.#inFlight--;
    const isTelling = result === 'ok' || (result === 'failed' && durationMs > this.#unloadedMs);
    if (this.#probe) {
      const unloadedMs = this.#probe.observe(isTelling ? durationMs : undefined, nowMs, this.#inFlight);
      if (unloadedMs !== undefined) this.#endProbe(unloadedMs, nowMs);
    } else if (isTelling) {
      this.#sample.add(durationMs);
      const lengthMs = Math.max(this.#settings.windowMs, 2 * this.#recentMs);
      if (nowMs - this.#windowAt >= lengthMs && this.#sample.added >= LEAST_SAMPLES) this.#endWindow(nowMs);
    }
  }

  /**
   * Runs `task` in a place of its own; its failures count as `failed`.
   * @throws WEFT_OVERLOADED without running it when there is no place, and what the task throws
   */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (!this.tryEnter()) {
      const message = `${this.#inFlight} requests are worked at, which is as many as can be done at once`;
      throw withoutStack(() => new WeftError('WEFT_OVERLOADED', message));
    }
    const startedAt = this.#settings.clock.now();
    let result: Result = 'failed';
    try {
      const value = await task();
      result = 'ok';
      return value;
    } finally {
      const nowMs = this.#settings.clock.now();
      this.leave(result, nowMs - startedAt, nowMs);
    }
  }

  #endWindow(nowMs: number): void {
    const { tolerance, minLimit, maxLimit } = this.#settings;
    this.#recentMs = this.#sample.median();
    if (Number.isNaN(this.#unloadedMs)) this.#unloadedMs = this.#recentMs;
    const gradient = Math.max(LEAST_GRADIENT, Math.min(1, (tolerance * this.#unloadedMs) / this.#recentMs));
    const limit = this.#limit * gradient + Math.sqrt(this.#limit);
    // What nobody asks for would only be found out to be too much when somebody does.
    const isWanted = limit <= this.#limit || this.#peak * MOST_SPARE >= this.#limit;
    if (isWanted) this.#limit = Math.min(maxLimit, Math.max(minLimit, limit));
    if (nowMs >= this.#probeAt || (nowMs >= this.#soonestProbeAt && this.#isDoubtful())) this.#beginProbe(nowMs);
    this.#beginWindow(nowMs);
  }

  /** Whether what is known cannot be true any more: requests are far quicker, or as slow with next to none of them. */
  #isDoubtful(): boolean {
    const { tolerance, minLimit } = this.#settings;
    const isSlow = this.#recentMs > tolerance * this.#unloadedMs && this.#limit <= 2 * minLimit;
    return isSlow || this.#recentMs * tolerance * tolerance < this.#unloadedMs;
  }

  #beginProbe(nowMs: number): void {
    const leastLimit = Math.ceil(this.#settings.minLimit / 2);
    const probe = new UnloadedProbe(this.#limit, leastLimit, this.#unloadedMs, this.#recentMs);
    this.#probe = probe.begin(nowMs, this.#inFlight);
  }

  #endProbe(unloadedMs: number, nowMs: number): void {
    const { probeIntervalMs, random } = this.#settings;
    this.#unloadedMs = unloadedMs;
    this.#probe = undefined;
    this.#probeAt = nowMs + probeIntervalMs * (0.9 + 0.2 * random());
    this.#soonestProbeAt = nowMs + Math.min(SOONEST_PROBE_MS, probeIntervalMs);
    this.#beginWindow(nowMs);
  }

  #beginWindow(nowMs: number): void {
    this.#sample.clear();
    this.#windowAt = nowMs;
    this.#peak = this.#inFlight;
  }
}
