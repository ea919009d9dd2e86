import type { Clock } from '@weft/core';
import type { SelfPreservation } from './self-preservation.js';
import type { ServiceInfo } from './service-info.js';

/**
 * Counts the instances of a service that vanish without having said that they leave. More than one, and more than a part
 * of the service, within one beat: then it is rather the registry, or the way to it, that has failed.
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
   * Notes those that have just vanished out of `present` instances. Gives all of the window, the earlier ones too, when
   * they are too many to be believed; else nothing.
   */
  note(vanished: readonly ServiceInfo[], present: number): readonly ServiceInfo[] {
    const at = this.clock.now();
    const earlier = this.recent.filter((one) => at - one.at <= this.windowMs);
    this.recent = [...earlier, ...vanished.map((instance) => ({ instance, at }))];
    const isDoubted = this.recent.length >= this.rule.minInstances;
    if (!isDoubted || this.recent.length <= this.rule.ratio * (present + earlier.length)) return [];
    return this.recent.map(({ instance }) => instance);
  }

  /** This one counts no more: it is there again, or has gone for sure. */
  forget(id: string): void {
    if (this.recent.length > 0) this.recent = this.recent.filter(({ instance }) => instance.id !== id);
  }
}
