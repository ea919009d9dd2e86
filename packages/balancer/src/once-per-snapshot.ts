import type { Snapshot } from '@weft/core';

/**
 * `build` with its result remembered per snapshot: what is dear is worked out when the list changes, never when a call is made.
 * The last snapshot is compared first: nearly every pick is from the same one as the pick before.
 */
export function oncePerSnapshot<Value>(build: (from: Snapshot) => Value): (from: Snapshot) => Value {
  const built = new WeakMap<Snapshot, { readonly from: Snapshot; readonly value: Value }>();
  let last: { readonly from: Snapshot; readonly value: Value } | undefined;
  return (from) => {
    if (last?.from === from) return last.value;
    last = built.get(from) ?? { from, value: build(from) };
    built.set(from, last);
    return last.value;
  };
}
