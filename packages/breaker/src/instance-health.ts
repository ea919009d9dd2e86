import { isDeepStrictEqual } from 'node:util';
import type { Clock, InstanceHandle, ServiceInstance } from '@weft/core';
import { Ejection } from './ejection.js';
import { FlightList } from './flight-list.js';
import { Outage } from './outage.js';
import { Probing } from './probing.js';
import { Slowness } from './slowness.js';

/**
 * How a call to an instance ended: `bad` is a 5xx answer, or none that can be read; `answered` a 4xx, which shows that it can be
 * reached and counts neither for nor against it; `unreachable` refused, a connect or try timeout, a reset.
 */
export type Judgement = 'ok' | 'answered' | 'bad' | 'unreachable' | 'ignored';

/** Asks an instance whether it can serve, for at most `timeoutMs`. */
export type InstanceProbe = (handle: InstanceHandle, timeoutMs: number) => Promise<boolean>;

/** What an instance is held for. Only those that are `up` are picked, except in panic. */
export type InstanceState = 'up' | 'unreachable' | 'stalled' | 'ejected';

/** All that is known about one instance; at the same time the handle by which it is picked. */
export class InstanceHealth implements InstanceHandle {
  /** Id of the instance. */
  readonly id: string;
  /** The newest record of it. */
  instance: ServiceInstance;
  /** Calls that are under way to it. */
  readonly flights = new FlightList();
  /** How slowly it answers; undefined while it has not answered. Of many instances, few are called. */
  slowness: Slowness | undefined;
  /** Whether it is ejected for bad answers. */
  readonly ejection = new Ejection();
  /** Whether it can be reached. */
  readonly outage = new Outage();
  /** Whether it stands in the present snapshot. */
  isListed = false;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #badAnswers = 0;
  #probing: Probing | undefined;
  readonly #probe: InstanceProbe;
  readonly #clock: Clock;

  constructor(instance: ServiceInstance, probe: InstanceProbe, clock: Clock) {
    this.id = instance.id;
    this.instance = instance;
    this.#probe = probe;
    this.#clock = clock;
  }

  /** How it comes back. */
  get probing(): Probing {
    this.#probing ??= new Probing((timeoutMs) => this.#probe(this, timeoutMs), this.#clock);
    return this.#probing;
  }

  /** What it is held for: being out of reach says more than being ejected. */
  get state(): InstanceState {
    return this.outage.reason ?? (this.ejection.isOn ? 'ejected' : 'up');
  }

  /** Whether its own record allows calls. */
  get isWanted(): boolean {
    return this.instance.status === 'up';
  }

  /** Failures in a row, of any kind, up to its last outcome. */
  get failures(): number {
    return this.#failures;
  }

  /** Bad answers since the last good one. */
  get badAnswers(): number {
    return this.#badAnswers;
  }

  /** The last instant at which it was heard of: an answer, or its return. */
  get heardAt(): number {
    return Math.max(this.#answeredAt, this.#renewedAt);
  }

  /** Takes its newest record; true when anything is different by which balancers choose. */
  accept(instance: ServiceInstance): boolean {
    const before = this.instance;
    this.instance = instance;
    return (
      before.weight !== instance.weight ||
      before.version !== instance.version ||
      before.zone !== instance.zone ||
      !isDeepStrictEqual(before.tags, instance.tags) ||
      !isDeepStrictEqual(before.metadata, instance.metadata)
    );
  }

  /** Counts an outcome. False when it tells nothing: a failure of a call that began before the instance came back. */
  count(judged: Exclude<Judgement, 'ignored'>, startedAt: number, nowMs: number): boolean {
    if (judged !== 'unreachable') this.#answeredAt = nowMs;
    if (judged === 'answered') return true;
    if (judged === 'ok') {
      this.#failures = 0;
      this.#badAnswers = 0;
      this.slowness ??= new Slowness();
      this.slowness.add(nowMs - startedAt);
      return true;
    }
    if (startedAt < this.#renewedAt) return false;
    this.#failures++;
    if (judged === 'bad') this.#badAnswers++;
    return true;
  }

  /** It is back: what was held against it is forgotten. */
  renew(nowMs: number): void {
    this.#renewedAt = nowMs;
    this.#failures = 0;
    this.#badAnswers = 0;
    this.slowness = undefined;
  }

  /** It is listed no more, or not as it was: it need not come back. */
  leave(): void {
    this.#probing?.stop();
  }
}
