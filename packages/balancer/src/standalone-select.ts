import type { LoadBalancer, Outcome, PickRequest } from '@weft/core';
import { type Selectable, StandaloneHandle } from './standalone-handle.js';

const FIRST_TRY: PickRequest = { skip: () => false };
const OVER_AT_ONCE: Outcome = { result: 'ignored', durationMs: 0 };

/**
 * `pick` for callers that only want one of a list. Nobody says when the call ends, so its place is given back at once. State
 * is kept by id: the list may be a new array of new objects each time.
 */
export function standaloneSelect(balancer: LoadBalancer): <T extends Selectable>(instances: readonly T[]) => T | undefined {
  let known: readonly StandaloneHandle[] = [];
  return (instances) => {
    if (!isListOf(known, instances)) known = handlesFor(instances, known);
    const picked = balancer.pick(known, FIRST_TRY);
    picked?.done(OVER_AT_ONCE);
    return picked && instances.find(({ id }) => id === picked.instance.id);
  };
}

function isListOf(known: readonly StandaloneHandle[], instances: readonly Selectable[]): boolean {
  return known.length === instances.length && instances.every((instance, index) => known[index]?.isOf(instance));
}

function handlesFor(instances: readonly Selectable[], known: readonly StandaloneHandle[]): StandaloneHandle[] {
  const byId = new Map(known.map((handle) => [handle.id, handle]));
  return instances.map((instance) => {
    const handle = byId.get(instance.id);
    return handle?.isOf(instance) ? handle : new StandaloneHandle(instance);
  });
}
