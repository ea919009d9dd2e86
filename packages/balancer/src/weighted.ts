import type { InstanceHandle, LoadBalancer } from '@weft/core';
import { type BalancerReader, readAlone } from './balancer-reader.js';
import { oncePerSnapshot } from './once-per-snapshot.js';
import { nextInRing, ringOf } from './ring.js';
import { turnCounter } from './turn-counter.js';
import { isWeight } from './weight.js';
import { weightedOrder } from './weighted-order.js';

/** Options of `weighted`. */
export interface WeightedOptions {
  /** Share of traffic by instance id, relative to the others, from 0 (drained). An id that is not named weighs as its record says. */
  readonly weights?: Readonly<Record<string, number>>;
}

/**
 * Hands out the instances in turn, each in proportion to its weight: `weights[id]`, else its `metadata.weight`, else the
 * weight of its record, else 1. 0 = drained; when all weigh 0 nobody is picked. Shares are exact over one round and
 * interleaved, not random.
 * @throws WEFT_CONFIG_INVALID when a weight is negative or no number
 */
export function weighted({ weights = {} }: WeightedOptions = {}): LoadBalancer {
  const configured = readAlone((reader) => readWeights(weights, reader));
  const nextTurn = turnCounter();
  const ringFor = oncePerSnapshot((from) => {
    const order = weightedOrder(from.map((handle) => configured.get(handle.id) ?? recordedWeight(handle)));
    const slots = ringOf(from);
    return order.flatMap((index) => slots[index] ?? []);
  });
  return {
    strategy: 'weighted',
    pick(from, call) {
      const ring = ringFor(from);
      return nextInRing(ring, nextTurn() % ring.length, call);
    },
  };
}

/** Weights by instance id. */
export function readWeights(weights: Readonly<Record<string, number>>, reader: BalancerReader): ReadonlyMap<string, number> {
  return reader.weights('weights', weights, 'of numbers by instance id, such as { "users-1": 3 }');
}

/** What the record of an instance says about its share; records are written by others, so what is no weight is passed over. */
function recordedWeight({ instance }: InstanceHandle): number {
  const fromMetadata = instance.metadata.weight?.trim();
  if (fromMetadata && isWeight(Number(fromMetadata))) return Number(fromMetadata);
  return isWeight(instance.weight) ? instance.weight : 1;
}
