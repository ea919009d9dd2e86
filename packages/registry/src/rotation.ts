import { WeftError } from '@weft/core';
import type { ServiceInfo } from './service-info.js';
import type { ServiceView } from './service-view.js';

/** What a pick is made from. */
export type Choice = Pick<ServiceView, 'instances' | 'suspects'>;

/** The instances that want traffic: status `up`, and no suspects while there are others. */
export function wantingTraffic({ instances, suspects }: Choice): readonly ServiceInfo[] {
  const up = instances.filter(({ status }) => status === 'up');
  const sure = suspects.size > 0 ? up.filter(({ id }) => !suspects.has(id)) : up;
  return sure.length > 0 ? sure : up;
}

/** Gives the instances of one service in turn. */
export class Rotation {
  private turn = 0;
  private of: Choice | undefined;
  private candidates: readonly ServiceInfo[] = [];

  /** @param name the service */
  constructor(private readonly name: string) {}

  /**
   * The instance whose turn it is among those that want traffic. One of weight 0 is drained: it comes only when all are.
   * @param cause why the list may be old
   * @throws WEFT_NO_INSTANCE saying whether there is none at all or none that is up
   */
  pick(choice: Choice, cause: WeftError | undefined): ServiceInfo {
    if (this.of?.instances !== choice.instances || this.of.suspects !== choice.suspects) this.look(choice);
    const picked = this.candidates[this.turn++ % this.candidates.length];
    if (picked) return picked;
    throw new WeftError('WEFT_NO_INSTANCE', whyNone(this.name, choice.instances), cause ? { cause } : {});
  }

  private look({ instances, suspects }: Choice): void {
    this.of = { instances, suspects };
    const wanting = wantingTraffic(this.of);
    const weighted = wanting.filter(({ weight }) => weight > 0);
    this.candidates = weighted.length > 0 ? weighted : wanting;
  }
}

function whyNone(name: string, instances: readonly ServiceInfo[]): string {
  if (instances.length === 0) return `no instance of "${name}" is registered`;
  const statuses = [...new Set(instances.map(({ status }) => status))];
  const counts = statuses.map((status) => `${instances.filter((instance) => instance.status === status).length} ${status}`);
  return `none of the instances of "${name}" is up: ${counts.join(', ')}`;
}
