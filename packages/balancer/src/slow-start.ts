import {
  type Clock,
  type Duration,
  type InstanceHandle,
  type LoadBalancer,
  type Picked,
  type Snapshot,
  systemClock,
} from '@weft/core';
import { Arrivals, type Newcomers } from './arrivals.js';
import { type BalancerReader, readAlone } from './balancer-reader.js';
import { avoiding, type TimedPickRequest } from './timed-request.js';
import { UNUSED } from './unused.js';

/** Options of `slowStart`. */
export interface SlowStartOptions {
  /** How long an instance that comes gets less than its share; 10 s unless set. */
  readonly window?: Duration;
  /** Time; the process's clock unless set. */
  readonly clock?: Clock;
}

/** What part of its share a newcomer gets at least, so that its caches, pools and compilers have something to warm up with. */
const LEAST_RATIO = 0.1;

/**
 * An instance that comes, or comes back, counts for a tenth of one, and for more and more until it counts for all of one after
 * `window`. Nobody is held back while more than half are new: the others would have to carry more than twice their share.
 *
 * Source: Envoy, slow start mode, with aggression 1.
 * @param create makes the strategy that shares the calls
 * @throws WEFT_CONFIG_INVALID when an option is wrong
 */
export function slowStart(create: () => LoadBalancer, options: SlowStartOptions = {}): LoadBalancer {
  const { clock = systemClock } = options;
  const windowMs = readAlone((reader) => readSlowStart(options.window, reader));
  const inner = create();
  const arrivals = new Arrivals(windowMs, clock);
  return {
    strategy: inner.strategy,
    pick(from, call: TimedPickRequest) {
      const newcomers = arrivals.newcomersOf(from);
      const picked = inner.pick(from, call);
      if (newcomers.size === 0 || newcomers.size * 2 > from.length || !picked) return picked;
      if (!newcomers.has(picked.instance)) return picked;
      return new Hesitation(newcomers, windowMs, call.nowMs ?? clock.now()).settle(picked, inner, from, call);
    },
  };
}

/** How long an instance is new, in ms. */
export function readSlowStart(window: Duration | undefined, reader: BalancerReader): number {
  return reader.durationMs('slowStart', window ?? '10s');
}

/** One pick that fell on a newcomer. */
class Hesitation {
  readonly #newcomers: Newcomers;
  readonly #windowMs: number;
  readonly #nowMs: number;
  readonly #passedOver = new Set<InstanceHandle>();

  constructor(newcomers: Newcomers, windowMs: number, nowMs: number) {
    this.#newcomers = newcomers;
    this.#windowMs = windowMs;
    this.#nowMs = nowMs;
  }

  /** `first` if it takes the call, else somebody else; the last one passed over when nobody else is left who is untried. */
  settle(first: Picked, inner: LoadBalancer, from: Snapshot, call: TimedPickRequest): Picked {
    let picked = first;
    const elsewhere = avoiding(call, (instance) => this.#passedOver.has(instance));
    while (!call.skip(picked.instance) && !this.#takes(picked.instance)) {
      this.#passedOver.add(picked.instance);
      const other = inner.pick(from, elsewhere);
      if (!other || elsewhere.skip(other.instance)) {
        other?.done(UNUSED);
        break;
      }
      picked.done(UNUSED);
      picked = other;
    }
    return picked;
  }

  #takes(instance: InstanceHandle): boolean {
    const newcomer = this.#newcomers.get(instance);
    if (!newcomer) return true;
    const ratio = (this.#nowMs - newcomer.arrivedAt) / this.#windowMs;
    if (ratio < 1) return newcomer.takes(Math.max(LEAST_RATIO, ratio));
    this.#newcomers.delete(instance);
    return true;
  }
}
