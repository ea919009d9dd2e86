import type { InstanceHandle, LoadBalancer, Snapshot } from '@weft/core';
import { type BalancerReader, readAlone } from './balancer-reader.js';
import { oncePerSnapshot } from './once-per-snapshot.js';
import { type Part, pickFromParts } from './pick-from-parts.js';
import { turnCounter } from './turn-counter.js';
import { versionAmong } from './version-match.js';
import { weightedOrder } from './weighted-order.js';

/** Options of `splitByVersion`. */
export interface SplitOptions {
  /**
   * Share of the calls by version, relative to the others, from 0 (gets none). `2` has 2.0.0 and 2.1.3, and of several that fit
   * the most exact one counts; `*` has all that no other one has.
   */
  readonly weights: Readonly<Record<string, number>>;
}

/** Parts of a list, and the order in which they take turns, as places among them. */
interface Turns {
  readonly parts: readonly Part[];
  readonly order: readonly number[];
}

const OTHERS = '*';

/**
 * Shares the calls between versions, such as 90 to 10 for a canary: exact over one round and interleaved, not random. When no
 * instance of a version is there, or all were tried, its calls go to the next one. Versions without a weight get calls only
 * when none that has one is there; a version of weight 0 never does.
 *
 * Source: smooth weighted round robin, nginx commit 52327e0627f4, 2012.
 * @param create makes the strategy for the instances of a version; called once for each
 * @throws WEFT_CONFIG_INVALID when an option is wrong
 */
export function splitByVersion(create: () => LoadBalancer, { weights }: SplitOptions): LoadBalancer {
  const shares = readAlone((reader) => readSplit(weights, reader));
  const others = create();
  const balancers = new Map([...shares.keys()].map((version) => [version, create()]));
  const turnsFor = oncePerSnapshot((from): Turns => {
    const byVersion = groupByVersion(from, [...shares.keys()]);
    const named = [...byVersion.keys()].filter((version) => (shares.get(version) ?? 0) > 0);
    const served = named.length > 0 || shares.has(OTHERS) ? named : [OTHERS];
    const parts = served.flatMap((version) => {
      const list = byVersion.get(version);
      return list ? { from: list, balancer: balancers.get(version) ?? others } : [];
    });
    return { parts, order: weightedOrder(served.map((version) => shares.get(version) ?? 1)) };
  });
  const nextTurn = turnCounter();
  return {
    strategy: others.strategy,
    pick(from, call) {
      const { parts, order } = turnsFor(from);
      return pickFromParts(parts, order[nextTurn() % order.length] ?? 0, call);
    },
  };
}

/** Shares by version, from `split` of a config. */
export function readSplit(split: Readonly<Record<string, number>>, reader: BalancerReader): ReadonlyMap<string, number> {
  const shares = reader.weights('split', split, 'of numbers by version, such as { "1": 90, "2": 10 }');
  if (![...shares.values()].some((share) => share > 0)) reader.refuse('split', 'expected at least one share above 0');
  return shares;
}

function groupByVersion(from: Snapshot, versions: readonly string[]): ReadonlyMap<string, Snapshot> {
  const groups = new Map<string, InstanceHandle[]>();
  for (const handle of from) {
    const version = versionAmong(handle.instance.version, versions) ?? OTHERS;
    const group = groups.get(version) ?? [];
    group.push(handle);
    groups.set(version, group);
  }
  return groups;
}
