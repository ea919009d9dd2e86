import { setTimeout as rest } from 'node:timers/promises';
import { messageOf } from '@weft/core';

const LOOK_AGAIN_MS = 10;

/**
 * Looks again until `check` gives something true; resolves to the ms it took. A check that rejects counts as not yet.
 * @throws Error with `what`, and what `told` says then, after `withinMs`
 */
export async function until(
  what: string,
  withinMs: number,
  check: () => unknown,
  told: () => string = () => '',
): Promise<number> {
  const startedAt = performance.now();
  let failure = '';
  for (;;) {
    try {
      if (await check()) return performance.now() - startedAt;
      failure = '';
    } catch (error) {
      failure = messageOf(error);
    }
    if (performance.now() - startedAt > withinMs) throw new Error(`${what}: not within ${withinMs} ms. ${failure} ${told()}`);
    await rest(LOOK_AGAIN_MS);
  }
}
