import { WeftError } from '@weft/core';
import type { ServiceInfo } from './service-info.js';

/** Whether an instance wants traffic. */
export function isUp({ status }: ServiceInfo): boolean {
  return status === 'up';
}

/**
 * The instance whose `turn` it is among those that want traffic. One of weight 0 is drained: it comes only when all are.
 * @throws WEFT_NO_INSTANCE saying whether there is none at all or none that is up; `cause` is why the list may be old
 */
export function pickInstance(
  name: string,
  instances: readonly ServiceInfo[],
  turn: number,
  cause: WeftError | undefined,
): ServiceInfo {
  const up = instances.filter(isUp);
  const weighted = up.filter(({ weight }) => weight > 0);
  const candidates = weighted.length > 0 ? weighted : up;
  const picked = candidates[turn % candidates.length];
  if (picked) return picked;
  throw new WeftError('WEFT_NO_INSTANCE', whyNone(name, instances), cause ? { cause } : {});
}

function whyNone(name: string, instances: readonly ServiceInfo[]): string {
  if (instances.length === 0) return `no instance of "${name}" is registered`;
  const statuses = [...new Set(instances.map(({ status }) => status))];
  const counts = statuses.map((status) => `${instances.filter((instance) => instance.status === status).length} ${status}`);
  return `none of the instances of "${name}" is up: ${counts.join(', ')}`;
}
