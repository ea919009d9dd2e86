import type { Blueprint } from './blueprint.js';
import { openSystem, type System } from './open-system.js';

/** Parts with a `close` of their own. */
type Closable = 'registry' | 'config' | 'client';

/**
 * Opens and starts a system for one of its parts; closing the part closes everything that was opened for it.
 * @throws as `openSystem`
 */
export async function openAlone<Name extends Closable>(blueprint: Blueprint, name: Name): Promise<NonNullable<System[Name]>> {
  const system = await openSystem(blueprint);
  await system.lifeCycle.start();
  return withClose(system[name] as NonNullable<System[Name]>, () => system.lifeCycle.stop());
}

/** The same object with another `close`. */
export function withClose<T extends object>(part: T, close: () => Promise<void>): T & { close(): Promise<void> } {
  return Object.assign(part, { close });
}
