import type { LoadBalancer } from '@weft/core';
import { oncePerSnapshot } from './once-per-snapshot.js';
import { nextInRing, ringOf } from './ring.js';
import { turnCounter } from './turn-counter.js';

/**
 * Hands out the instances in turn. The turn is counted across changes of the list, so that a list that changes often does
 * not favour its first instance.
 */
export function roundRobin(): LoadBalancer {
  const ringFor = oncePerSnapshot(ringOf);
  const nextTurn = turnCounter();
  return {
    strategy: 'round_robin',
    pick(from, call) {
      const ring = ringFor(from);
      return nextInRing(ring, nextTurn() % ring.length, call);
    },
  };
}
