import {
  type Clock,
  type Duration,
  type InstanceHandle,
  type LoadBalancer,
  type Outcome,
  type Picked,
  type PickRequest,
  type Snapshot,
  systemClock,
} from '@weft/core';
import { type BalancerReader, readAlone } from './balancer-reader.js';
import { avoiding } from './timed-request.js';
import { UNUSED } from './unused.js';

/** An outcome that says that the instance asked to be left alone. */
export interface PushbackOutcome extends Outcome {
  /** For how long, in ms, from a `Retry-After`; 0 when it did not say, as a 429 may. */
  readonly pushbackMs?: number | undefined;
}

/** Options of `avoidPushback`. */
export interface PushbackOptions {
  /** How long an instance is avoided that did not say how long; 1 s unless set. */
  readonly pause?: Duration;
  /** Time; the process's clock unless set. */
  readonly clock?: Clock;
}

/** However long an instance asks for, it is asked again after this. */
const LONGEST_PAUSE_MS = 30_000;

/**
 * Avoids instances that answered 429 or with `Retry-After`, for as long as they asked for: calls go to others while others are
 * left that were not tried. They are not ejected: when all ask to be left alone, they are called all the same.
 *
 * Source: RFC 6585 (429) and RFC 9110, 10.2.3 (`Retry-After`).
 * @param create makes the strategy that shares the calls
 * @throws WEFT_CONFIG_INVALID when an option is wrong
 */
export function avoidPushback(create: () => LoadBalancer, options: PushbackOptions = {}): LoadBalancer {
  const { clock = systemClock } = options;
  const pauses = new Pauses(
    readAlone((reader) => readPushback(options.pause, reader)),
    clock,
  );
  const inner = create();
  return {
    strategy: inner.strategy,
    pick(from, call) {
      const nowMs = pauses.now();
      const picked = nowMs === undefined ? inner.pick(from, call) : pickAnother(inner, from, call, pauses, nowMs);
      return picked && new ToldPick(picked, pauses);
    },
  };
}

/** How long an instance is avoided that did not say how long, in ms. */
export function readPushback(pause: Duration | undefined, reader: BalancerReader): number {
  return reader.durationMs('pushback', pause ?? '1s');
}

/** Who asked to be left alone, and until when. */
class Pauses {
  readonly #pauseMs: number;
  readonly #clock: Clock;
  readonly #untilOf = new WeakMap<InstanceHandle, number>();
  /** Instant at which all of them are over; -Infinity once that is known to have passed, so that no pick asks for the time. */
  #lastUntil = Number.NEGATIVE_INFINITY;

  constructor(pauseMs: number, clock: Clock) {
    this.#pauseMs = pauseMs;
    this.#clock = clock;
  }

  begin(instance: InstanceHandle, askedMs: number): void {
    const until = this.#clock.now() + Math.min(askedMs > 0 ? askedMs : this.#pauseMs, LONGEST_PAUSE_MS);
    this.#untilOf.set(instance, until);
    this.#lastUntil = Math.max(this.#lastUntil, until);
  }

  /** The present instant while somebody may be left alone; undefined when nobody is. */
  now(): number | undefined {
    if (this.#lastUntil === Number.NEGATIVE_INFINITY) return undefined;
    const nowMs = this.#clock.now();
    if (nowMs < this.#lastUntil) return nowMs;
    this.#lastUntil = Number.NEGATIVE_INFINITY;
    return undefined;
  }

  /** Whether an instance is to be left alone. */
  has(instance: InstanceHandle, nowMs: number): boolean {
    return nowMs < (this.#untilOf.get(instance) ?? Number.NEGATIVE_INFINITY);
  }
}

/** Hands the end of its call on, and listens for pushback. */
class ToldPick implements Picked {
  readonly instance: InstanceHandle;
  readonly #picked: Picked;
  readonly #pauses: Pauses;

  constructor(picked: Picked, pauses: Pauses) {
    this.instance = picked.instance;
    this.#picked = picked;
    this.#pauses = pauses;
  }

  done(outcome: PushbackOutcome): void {
    this.#picked.done(outcome);
    if (outcome.pushbackMs !== undefined) this.#pauses.begin(this.instance, outcome.pushbackMs);
  }
}

/** Rather one that may be disturbed; one that was not tried rather than one that was. */
function pickAnother(inner: LoadBalancer, from: Snapshot, call: PickRequest, pauses: Pauses, nowMs: number): Picked | undefined {
  const elsewhere = avoiding(call, (instance) => pauses.has(instance, nowMs));
  const picked = inner.pick(from, elsewhere);
  if (!picked || !call.skip(picked.instance)) return picked;
  picked.done(UNUSED);
  return inner.pick(from, call);
}
