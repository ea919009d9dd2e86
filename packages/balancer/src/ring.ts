import type { InstanceHandle, Picked, PickRequest } from '@weft/core';

/** Answers to `pick` that are ready made, in the order in which they are handed out: a pick from a ring allocates nothing. */
export type Ring = readonly Picked[];

/** Ends a call for strategies that do not look at outcomes. */
const ignoreOutcome = () => {};

/** A ring over `handles`, in their order; an instance may stand in it several times. */
export function ringOf(handles: readonly InstanceHandle[]): Ring {
  return handles.map((instance) => ({ instance, done: ignoreOutcome }));
}

/**
 * The slot at `start` or the first one after it whose instance is not skipped; the one at `start` when all are; undefined for
 * an empty ring.
 */
export function nextInRing(ring: Ring, start: number, call: PickRequest): Picked | undefined {
  const first = ring[start];
  if (!first || !call.skip(first.instance)) return first;
  for (let step = 1; step < ring.length; step++) {
    const slot = ring[(start + step) % ring.length];
    if (slot && !call.skip(slot.instance)) return slot;
  }
  return first;
}
