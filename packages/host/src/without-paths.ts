import { isPlainObject } from './normalise-keys.js';

type Path = readonly PropertyKey[];

/** A copy of `data` without the values at `paths`; a list that holds such a value is left out as a whole. */
export function withoutPaths(data: unknown, paths: readonly Path[]): unknown {
  if (!isPlainObject(data)) return {};
  const kept = Object.entries(data).flatMap(([key, value]) => {
    const within = paths.filter((path) => path[0] === key).map((path) => path.slice(1));
    if (within.length === 0) return [[key, value] as const];
    const isGone = within.some((path) => path.length === 0) || !isPlainObject(value);
    return isGone ? [] : [[key, withoutPaths(value, within)] as const];
  });
  return Object.fromEntries(kept);
}
