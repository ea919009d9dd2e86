import { constants } from 'node:os';

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP, to the exit code that says so (128 + the signal's number). A second
 * one ends the process as it always does.
 */
export function untilInterrupted(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve(128 + constants.signals[signal]));
    }
  });
}
