import { type LoadBalancer, type Outcome, type PickRequest, WeftError } from '@weft/core';
import { type Selectable, StandaloneHandle } from './standalone-handle.js';

const FIRST_TRY: PickRequest = { skip: () => false };
const OVER_AT_ONCE: Outcome = { result: 'ignored', durationMs: 0 };

/**
 * `pick` for callers that only want one of a list. Nobody says when the call ends, so its place is given back at once. State
 * is kept by id: the list may be a new array of new objects each time.
 * @throws WEFT_NO_INSTANCE when the list is empty or every weight in it is 0
 */
export function standaloneSelect(balancer: LoadBalancer): <T extends Selectable>(instances: readonly T[]) => T {
  let known: readonly StandaloneHandle[] = [];
  return (instances) => {
    if (!isListOf(known, instances)) known = handlesFor(instances, known);
    const picked = balancer.pick(known, FIRST_TRY);
    picked?.done(OVER_AT_ONCE);
    const found = picked && instances.find(({ id }) => id === picked.instance.id);
    if (found) return found;
    throw new WeftError('WEFT_NO_INSTANCE', instances.length === 0 ? 'the list is empty' : 'every instance has the weight 0');
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
