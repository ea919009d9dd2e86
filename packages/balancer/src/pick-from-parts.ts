import type { LoadBalancer, Picked, PickRequest, Snapshot } from '@weft/core';
import { UNUSED } from './unused.js';

/** Some instances of a list, and who shares the calls that they get. */
export interface Part {
  /** The instances. */
  readonly from: Snapshot;
  /** Has no other part to look after, so that what it counts is right for this one. */
  readonly balancer: LoadBalancer;
}

/**
 * Picks from the part at `start`; when all of it were tried, or nobody of it may be picked, from the next part in which that is
 * not so. When all of all parts were tried, it is the first of those picks that stands.
 */
export function pickFromParts(parts: readonly Part[], start: number, call: PickRequest): Picked | undefined {
  let tried: Picked | undefined;
  for (let step = 0; step < parts.length; step++) {
    const part = parts[(start + step) % parts.length];
    const picked = part?.balancer.pick(part.from, call);
    if (!picked) continue;
    if (!call.skip(picked.instance)) {
      tried?.done(UNUSED);
      return picked;
    }
    if (tried) picked.done(UNUSED);
    else tried = picked;
  }
  return tried;
}
