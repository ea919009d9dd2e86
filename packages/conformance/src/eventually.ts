import { sleep, systemClock } from '@weft/core';

const LOOK_AGAIN_MS = 10;

/**
 * Looks again until `check` no longer throws.
 * @throws Error with `what` and the last failure as its cause, after `withinMs` of real time
 */
export async function eventually(what: string, check: () => void | Promise<void>, withinMs: number): Promise<void> {
  const untilAt = systemClock.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (systemClock.now() > untilAt) throw new Error(`${what}: not within ${withinMs} ms`, { cause: error });
    }
    await sleep(LOOK_AGAIN_MS, systemClock);
  }
}
