import type { Clock, Timer } from '@weft/core';

/** How often a server is asked for a sign of life. */
export const PROBE_MS = 500;
/** For how long one question may stay without an answer: a server that takes 3 s for everything is slow, and not silent. */
export const SILENCE_MS = 3_500;

/**
 * Asks every 0.5 s whether the server is alive, without waiting for earlier answers, and calls `onSilent` once when one
 * stays out for 3.5 s. What this process could not hear, because it stood still itself, counts from then on.
 * @returns stops it
 */
export function probe(ping: () => Promise<unknown>, clock: Clock, onSilent: () => void): () => void {
  let timer: Timer;
  let isStopped = false;
  let dueAt = 0;
  /** When the questions were asked that have no answer yet; answers come in order. */
  let askedAt: number[] = [];
  const heard = () => void askedAt.shift();
  const tick = () => {
    const now = clock.now();
    if (now - dueAt > PROBE_MS) askedAt = askedAt.map(() => now);
    if (now - (askedAt[0] ?? now) >= SILENCE_MS) {
      isStopped = true;
      return onSilent();
    }
    askedAt.push(now);
    ping().then(heard, heard);
    later();
  };
  const later = () => {
    if (isStopped) return;
    dueAt = clock.now() + PROBE_MS;
    timer = clock.setTimer(PROBE_MS, tick);
  };
  later();
  return () => {
    isStopped = true;
    timer.cancel();
  };
}
