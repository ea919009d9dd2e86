import { type LoadBalancer, type Random, type Snapshot, systemRandom } from '@weft/core';
import { type BalancerReader, readAlone } from './balancer-reader.js';
import { hashText, mixBits } from './hash-text.js';
import { oncePerSnapshot } from './once-per-snapshot.js';
import { type Part, pickFromParts } from './pick-from-parts.js';

/** Options of `subset`. */
export interface SubsetOptions {
  /** How many instances the caller calls, from 1. */
  readonly size: number;
  /** Who the caller is: the same seed gives the same instances, also after a restart. Drawn at random unless set. */
  readonly seed?: string;
  /** Where a seed is drawn from; the process's random numbers unless set. */
  readonly random?: Random;
}

/** Places in a list that fit into a number behind the 32 bits of a hash. */
const MOST_PLACES = 2 ** 20;

/**
 * Each caller calls `size` of the instances and keeps connections to no others. Which ones comes from a hash of its seed and
 * their ids: callers choose differently, the same caller always alike, and one change of the list changes at most one of its
 * instances. When all of them were tried, others are picked.
 *
 * Source: gRFC A68, random subsetting (rendezvous hashing, D. Thaler and C. Ravishankar, 1998); SRE book, chapter 20.
 * @param create makes the strategy that shares the calls; called twice
 * @throws WEFT_CONFIG_INVALID when an option is wrong
 */
export function subset(create: () => LoadBalancer, options: SubsetOptions): LoadBalancer {
  const { random = systemRandom, ...given } = options;
  const { size, seed } = readAlone((reader) => readSubset(given, reader));
  const salt = seed === undefined ? Math.floor(random() * 2 ** 32) : hashText(seed);
  const [chosen, rest] = [create(), create()];
  const partsOf = oncePerSnapshot((from): readonly Part[] => {
    if (from.length <= size) return [{ from, balancer: chosen }];
    const first = firstPlaces(from, size, salt);
    return [
      { from: from.filter((_, place) => first.has(place)), balancer: chosen },
      { from: from.filter((_, place) => !first.has(place)), balancer: rest },
    ];
  });
  return { strategy: chosen.strategy, pick: (from, call) => pickFromParts(partsOf(from), 0, call) };
}

/** Options from `subset` of a config: the size, or a block. */
export function readSubset(
  given: number | Omit<SubsetOptions, 'random'>,
  reader: BalancerReader,
): { readonly size: number; readonly seed: string | undefined } {
  const block = typeof given === 'number' ? { size: given } : reader.block('subset', given, ['size', 'seed']);
  const { size = 0, seed }: Partial<SubsetOptions> = block;
  return {
    size: reader.count('subset.size', size),
    seed: seed === undefined ? undefined : reader.text('subset.seed', seed),
  };
}

/** Places of the `size` instances whose hash is smallest; of equal hashes the one that stands first. */
function firstPlaces(from: Snapshot, size: number, salt: number): ReadonlySet<number> {
  const ranks = Float64Array.from(from, ({ id }, place) => mixBits(hashText(id) ^ salt) * MOST_PLACES + place);
  return new Set(Array.from(ranks.sort().subarray(0, size), (rank) => rank % MOST_PLACES));
}
