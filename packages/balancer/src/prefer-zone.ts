import type { LoadBalancer, Snapshot } from '@weft/core';
import { type BalancerReader, readAlone } from './balancer-reader.js';
import { oncePerSnapshot } from './once-per-snapshot.js';
import { type Part, pickFromParts } from './pick-from-parts.js';

/** Options of `preferZone`. */
export interface ZoneOptions {
  /** Where the caller runs: the `zone` of the instances that it prefers. */
  readonly name: string;
  /** How many times its even share the own zone may carry before calls spill over, from 1; 1.4 unless set. */
  readonly headroom?: number;
}

/** The own zone and all others, and what part of the calls stays at home. */
interface Zones {
  /** The own zone first, when it has instances. */
  readonly parts: readonly Part[];
  readonly ownRatio: number;
}

/**
 * Calls stay in the caller's zone as long as it can carry them, and the rest spills over to the others, evenly spread. Callers
 * are taken to be alike many in each zone: the own one should have 1/zones of the instances, and may be `headroom` times short
 * of that before calls leave it. With no instance there, or when all there were tried, others are picked.
 *
 * Source: Envoy, zone aware routing and overprovisioning factor.
 * @param create makes the strategy for the instances of a zone; called twice
 * @throws WEFT_CONFIG_INVALID when an option is wrong
 */
export function preferZone(create: () => LoadBalancer, options: ZoneOptions): LoadBalancer {
  const { name, headroom } = readAlone((reader) => readZone(options, reader));
  const [own, other] = [create(), create()];
  const zonesOf = oncePerSnapshot((from) => splitZones(from, name, headroom, own, other));
  let spilled = 0;
  return {
    strategy: own.strategy,
    pick(from, call) {
      const { parts, ownRatio } = zonesOf(from);
      spilled += 1 - ownRatio;
      if (spilled < 1) return pickFromParts(parts, 0, call);
      spilled--;
      return pickFromParts(parts, 1, call);
    },
  };
}

/** Options with their defaults, from `zone` of a config: the zone's name, or a block. */
export function readZone(zone: string | ZoneOptions, reader: BalancerReader): Required<ZoneOptions> {
  const { name = '', headroom = 1.4 } =
    typeof zone === 'string' ? { name: zone } : reader.block('zone', zone, ['name', 'headroom']);
  return { name: reader.text('zone.name', name), headroom: reader.from(1, 'zone.headroom', headroom) };
}

function splitZones(from: Snapshot, zone: string, headroom: number, own: LoadBalancer, other: LoadBalancer): Zones {
  const near = from.filter(({ instance }) => instance.zone === zone);
  const far = from.filter(({ instance }) => instance.zone !== zone);
  const zones = new Set(from.map(({ instance }) => instance.zone)).size;
  const parts = [
    { from: near, balancer: own },
    { from: far, balancer: other },
  ];
  if (near.length === 0 || far.length === 0) return { parts: parts.filter((part) => part.from.length > 0), ownRatio: 1 };
  return { parts, ownRatio: Math.min(1, (headroom * zones * near.length) / from.length) };
}
