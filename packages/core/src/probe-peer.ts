import type { Clock, Timer } from './clock.js';

/** How a peer is watched over. */
export interface PeerProbe {
  /** Asks for a sign of life. However it settles, it was an answer. */
  readonly ask: () => Promise<unknown>;
  /** Ms between two questions. */
  readonly everyMs: number;
  /** For how many ms a question may stay without an answer. */
  readonly silenceMs: number;
  /** Time. */
  readonly clock: Clock;
  /** Called once, within `everyMs` of the moment when a question has waited for `silenceMs`; nothing is asked after that. */
  readonly onSilent: () => void;
}

/**
 * Finds out that a peer has fallen silent: a frozen server and a stalled network cut no connection. Asks again and again
 * without waiting for earlier answers, and judges by the age of the oldest question that has none: a peer that takes long for
 * every answer is slow, and not silent. What this process could not hear, because it stood still itself, counts from then on.
 * @returns stops it
 */
export function probePeer({ ask, everyMs, silenceMs, clock, onSilent }: PeerProbe): () => void {
  let timer: Timer;
  let dueAt: number;
  let isStopped = false;
  let askedAt: number[] = [];
  // Whichever question it answers: as many are left without an answer, and the older ones of them are let off.
  const heard = () => void askedAt.shift();
  const look = () => {
    const now = clock.now();
    if (now - dueAt > everyMs) askedAt = askedAt.map(() => now);
    if (now - (askedAt[0] ?? now) >= silenceMs) {
      isStopped = true;
      return onSilent();
    }
    askedAt.push(now);
    ask().then(heard, heard);
    lookLater();
  };
  const lookLater = () => {
    // To ask may have ended it.
    if (isStopped) return;
    dueAt = clock.now() + everyMs;
    timer = clock.setTimer(everyMs, look);
  };
  lookLater();
  return () => {
    isStopped = true;
    timer.cancel();
  };
}
