import type { Clock } from '@weft/core';
import type { SelfPreservation } from './self-preservation.js';
import type { ServiceInfo } from './service-info.js';

/** What is known around instances that vanish. */
export interface ListFacts {
  /** How many instances there were. */
  readonly present: number;
  /** Whether the backend was out of contact until shortly before: it may have come back without its memory, or with leases that have run out. */
  readonly isBack: boolean;
}

/**
 * Counts the instances of a service that vanish without having said that they leave. More than one, and more than a part
 * of the service, within one beat: then it is rather the registry, or the way to it, that has failed. Of a registry that
 * has just come back and shows nobody any more, one is enough: it was emptied, or the lease ran out while it could not be
 * renewed, and the next beat puts it right.
 *
 * Source: self-preservation of Netflix Eureka, which asks for 85 % of the renewals.
 */
export class Vanishings {
  private recent: { readonly instance: ServiceInfo; readonly at: number }[] = [];

  /** @param windowMs what vanishes within this time counts together */
  constructor(
    private readonly rule: SelfPreservation,
    private readonly windowMs: number,
    private readonly clock: Clock,
  ) {}

  /**
   * Notes those that have just vanished. Gives all of the window, the earlier ones too, when they are too many to be
   * believed; else nothing.
   */
  note(vanished: readonly ServiceInfo[], { present, isBack }: ListFacts): readonly ServiceInfo[] {
    const at = this.clock.now();
    const earlier = this.recent.filter((one) => at - one.at <= this.windowMs);
    this.recent = [...earlier, ...vanished.map((instance) => ({ instance, at }))];
    const isEmptied = isBack && vanished.length === present;
    const isDoubted = isEmptied || this.recent.length >= this.rule.minInstances;
    if (!isDoubted || this.recent.length <= this.rule.ratio * (present + earlier.length)) return [];
    return this.recent.map(({ instance }) => instance);
  }

  /** These count no more: they are there again, or have gone for sure. */
  forget(instances: readonly { readonly id: string }[]): void {
    if (this.recent.length === 0) return;
    const ids = new Set(instances.map(({ id }) => id));
    this.recent = this.recent.filter(({ instance }) => !ids.has(instance.id));
  }
}
