import type { Clock, RegistryEvent } from '@weft/core';
import { FolderHint } from './folder-hint.js';
import { Pause } from './pause.js';
import { changesBetween, type Snapshot } from './snapshot.js';

const POLL_MS = 200;
const AFTER_HINT_MS = 15;
/** A rest is at least this many times as long as the look before it took: a huge folder must not eat a processor. */
const REST_RATIO = 4;

/** With what a folder is followed. */
export interface FollowFolderOptions {
  readonly clock: Clock;
  /** Any of them ends it. */
  readonly signals: readonly AbortSignal[];
}

/** Looks again and again, soon after a hint and at least each 200 ms, and tells what changed; a list first. Fails as `look` does. */
export async function* followFolder(
  path: string,
  look: () => Promise<Snapshot>,
  { clock, signals }: FollowFolderOptions,
): AsyncGenerator<RegistryEvent> {
  const pause = new Pause(clock);
  const hint = new FolderHint(path, () => pause.hint());
  const isEnded = () => signals.some((signal) => signal.aborted);
  const onAbort = () => pause.end();
  for (const signal of signals) signal.addEventListener('abort', onAbort);
  try {
    let before: Snapshot | undefined;
    while (!isEnded()) {
      hint.attach();
      const startedAt = clock.now();
      const now = await look();
      const leastMs = REST_RATIO * (clock.now() - startedAt);
      yield* changesBetween(before, now);
      before = now;
      await pause.take({ longMs: POLL_MS, shortMs: AFTER_HINT_MS, leastMs });
    }
  } catch (error) {
    if (!isEnded()) throw error;
  } finally {
    hint.close();
    for (const signal of signals) signal.removeEventListener('abort', onAbort);
  }
}
