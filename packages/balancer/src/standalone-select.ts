import { type LoadBalancer, type PickRequest, WeftError } from '@weft/core';
import { type Selectable, StandaloneHandle } from './standalone-handle.js';
import { UNUSED } from './unused.js';

const FIRST_TRY: PickRequest = { skip: () => false };

/**
 * `pick` for callers that only want one of a list. Nobody says when the call ends, so its place is given back at once. State
 * is kept by id: the list may be a new array of new objects each time.
 * @throws WEFT_NO_INSTANCE when the list is empty, every weight in it is 0, or none fits a filter
 */
export function standaloneSelect(balancer: LoadBalancer): <T extends Selectable>(instances: readonly T[]) => T {
  let known: readonly StandaloneHandle[] = [];
  return (instances) => {
    known = handlesFor(instances, known);
    const picked = balancer.pick(known, FIRST_TRY);
    picked?.done(UNUSED);
    const found = picked && instances.find(({ id }) => id === picked.instance.id);
    if (found) return found;
    const why =
      instances.length === 0 ? 'the list is empty' : 'every instance has the weight 0, or is left out by a filter or split';
    throw new WeftError('WEFT_NO_INSTANCE', why);
  };
}

/** The handles of a list: the same array when nobody came, went or changed, so that nothing has to be worked out again. */
function handlesFor(instances: readonly Selectable[], known: readonly StandaloneHandle[]): readonly StandaloneHandle[] {
  const isSameList = known.length === instances.length && instances.every(({ id }, at) => known[at]?.id === id);
  const byId = isSameList ? undefined : new Map(known.map((handle) => [handle.id, handle]));
  let hasChanged = !isSameList;
  const handles = instances.map((instance, at) => {
    const handle = byId ? byId.get(instance.id) : known[at];
    if (handle?.accept(instance)) hasChanged = true;
    return handle ?? new StandaloneHandle(instance);
  });
  return hasChanged ? handles : known;
}
