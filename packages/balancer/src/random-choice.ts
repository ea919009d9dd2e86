import { type LoadBalancer, type Random, systemRandom } from '@weft/core';
import { oncePerSnapshot } from './once-per-snapshot.js';
import { nextInRing, ringOf } from './ring.js';

/** Options of `randomChoice`. */
export interface RandomChoiceOptions {
  /** Where the draws come from; the process's random numbers unless set. */
  readonly random?: Random;
}

/** Picks any instance with equal chance. Callers that do not know of each other cannot fall into step, as they can in turn. */
export function randomChoice({ random = systemRandom }: RandomChoiceOptions = {}): LoadBalancer {
  const ringFor = oncePerSnapshot(ringOf);
  return {
    strategy: 'random',
    pick(from, call) {
      const ring = ringFor(from);
      return nextInRing(ring, Math.floor(random() * ring.length), call);
    },
  };
}
