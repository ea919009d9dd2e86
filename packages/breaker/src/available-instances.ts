import type { InstanceHealth } from './instance-health.js';

/** Who may be picked, and whether rules had to be given up for it. */
export interface Availability {
  /** Those who may be picked. */
  readonly list: readonly InstanceHealth[];
  /** Whether so few are left that instances are picked which otherwise would not be. */
  readonly isPanic: boolean;
  /** Whether nobody can be reached, so that everybody is tried. */
  readonly isCutOff: boolean;
}

/**
 * Who of `wanted`, the instances that want traffic, may be picked: those that can be reached and are not ejected. When fewer
 * than half can be reached, or nobody would be left, ejections are ignored; when nobody can be reached, all are tried.
 *
 * Source: Envoy, panic threshold.
 */
export function availableInstances(wanted: readonly InstanceHealth[]): Availability {
  const reachable = wanted.filter((health) => health.outage.reason === undefined);
  if (reachable.length === 0) return { list: wanted, isPanic: wanted.length > 0, isCutOff: wanted.length > 0 };
  const well = reachable.filter((health) => !health.ejection.isOn);
  const isPanic = well.length === 0 || reachable.length * 2 < wanted.length;
  return { list: isPanic ? reachable : well, isPanic, isCutOff: false };
}
