import { type Clock, WeftError } from '@weft/core';

/** How long an operation is waited for. */
export interface Bound {
  /** What is done, for the error: `reading "config/database"`. */
  readonly what: string;
  /** By when an operation has to be answered. */
  readonly timeoutMs: number;
  /** Time; virtual in tests. */
  readonly clock: Clock;
  /** Ends the wait early, with WEFT_CLOSED. */
  readonly signal: AbortSignal;
}

/**
 * Runs `operation` for at most `timeoutMs`. Then its signal is aborted and it is no longer waited for: a client library
 * that ignores the signal must not hang its caller.
 * @throws WEFT_REGISTRY_UNAVAILABLE when it fails or its time is up
 * @throws WEFT_CLOSED when `signal` is aborted
 */
export async function bounded<T>(operation: (signal: AbortSignal) => Promise<T>, bound: Bound): Promise<T> {
  const { what, timeoutMs, clock, signal } = bound;
  const control = new AbortController();
  const cleanUp: (() => void)[] = [];
  const cut = new Promise<never>((_, reject) => {
    const giveUp = (error: WeftError) => {
      reject(error);
      control.abort(error);
    };
    const onAbort = () => giveUp(new WeftError('WEFT_CLOSED', `${what} was given up: closed`));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = clock.setTimer(timeoutMs, () => giveUp(timedOut(what, timeoutMs)));
    cleanUp.push(() => signal.removeEventListener('abort', onAbort), timer.cancel);
  });
  try {
    return await Promise.race([cut, signal.aborted ? cut : operation(control.signal)]);
  } catch (error) {
    throw WeftError.from(error, 'WEFT_REGISTRY_UNAVAILABLE');
  } finally {
    for (const clean of cleanUp) clean();
  }
}

/** The error of an operation that took too long. */
export function timedOut(what: string, timeoutMs: number): WeftError {
  const message = `${what}: no answer from the config center within ${timeoutMs} ms`;
  return new WeftError('WEFT_REGISTRY_UNAVAILABLE', message, { failure: 'timeout' });
}
