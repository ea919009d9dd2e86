import { type Clock, currentContext, WeftError } from '@weft/core';
import type { Call } from './call.js';
import { linkSignals } from './link-signals.js';

/** How long calls under way may take to finish (semantics 24), in ms. */
const GRACE_MS = 20_000;

/**
 * The calls of a client that are under way: who closes it waits for them, and in the end cuts those that take too long.
 * Linked through the calls themselves: a Set is rebuilt every few dozen calls, and what its old tables held would live on
 * until the next full collection.
 */
export class CallsUnderWay {
  #newest: Call | undefined;
  /** Calls that have come in: a middleware may hold one before it begins and after it has ended. */
  #held = 0;
  #allEnded: (() => void) | undefined;

  /** A call has come in. */
  enter(): void {
    this.#held++;
  }

  /** Its caller has an answer or an error. */
  leave(): void {
    this.#held--;
    this.#tellWhenDone();
  }

  /** It begins: `signal`, and that of the request which is being handled, cancel it until it ends. */
  begin(call: Call, signal: AbortSignal | undefined): void {
    const unlink = linkSignals(call, signal, currentContext()?.signal);
    this.#add(call);
    call.onEnd = () => {
      unlink?.();
      this.#remove(call);
      this.#tellWhenDone();
    };
  }

  /** Resolves when none is left, or after 20 s: those that are left then are ended with WEFT_CLOSED. */
  finish(clock: Clock): Promise<void> {
    return new Promise((resolve) => {
      const timer = clock.setTimer(GRACE_MS, () => {
        for (let call = this.#newest; call; call = call.older) call.cancel(closed(call));
        resolve();
      });
      this.#allEnded = () => {
        timer.cancel();
        resolve();
      };
      this.#tellWhenDone();
    });
  }

  #add(call: Call): void {
    call.older = this.#newest;
    if (this.#newest) this.#newest.newer = call;
    this.#newest = call;
  }

  #remove(call: Call): void {
    const { older, newer } = call;
    if (older) older.newer = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
    call.older = undefined;
    call.newer = undefined;
  }

  #tellWhenDone(): void {
    if (this.#held === 0 && !this.#newest) this.#allEnded?.();
  }
}

function closed(call: Call): WeftError {
  return new WeftError('WEFT_CLOSED', 'the client was closed meanwhile', { ambiguous: call.current !== undefined });
}
