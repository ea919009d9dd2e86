import { type Clock, keepAwake, WeftError } from '@weft/core';

/** How long an operation of a backend is waited for. */
export interface Bound {
  /** What is done, for the error: `listing "orders"`. */
  readonly what: string;
  /** Who is asked, for the error: `registry`. */
  readonly from: string;
  /** By when it has to be answered. */
  readonly timeoutMs: number;
  /** Time; virtual in tests. */
  readonly clock: Clock;
  /** Whether somebody awaits the answer, so that the process has to live until it is there; default false. */
  readonly isAwaited?: boolean | undefined;
  /** Ends the wait early, with WEFT_CLOSED. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `operation` for at most `timeoutMs`. Then its signal is aborted and it is no longer waited for: a client library
 * that ignores the signal must not hang its caller.
 * @throws WEFT_REGISTRY_UNAVAILABLE when it fails or its time is up
 * @throws WEFT_CLOSED when `signal` is aborted
 */
export function bounded<T>(operation: (signal: AbortSignal) => Promise<T>, bound: Bound): Promise<T> {
  const { what, timeoutMs, clock, isAwaited, signal } = bound;
  const control = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const end = () => {
      letSleep?.();
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    };
    const giveUp = (error: WeftError) => {
      end();
      reject(error);
      control.abort(error);
    };
    const onAbort = () => giveUp(new WeftError('WEFT_CLOSED', `${what} was given up: closed`));
    const timer = clock.setTimer(timeoutMs, () => giveUp(timedOut(bound)));
    const letSleep = isAwaited ? keepAwake() : undefined;
    if (signal?.aborted) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    start(operation, control.signal).then(
      (value) => {
        end();
        resolve(value);
      },
      (error: unknown) => {
        end();
        reject(WeftError.from(error, 'WEFT_REGISTRY_UNAVAILABLE'));
      },
    );
  });
}

/** The error of an operation that took too long. */
export function timedOut({ what, from, timeoutMs }: Pick<Bound, 'what' | 'from' | 'timeoutMs'>): WeftError {
  const message = `${what}: no answer from the ${from} within ${timeoutMs} ms`;
  return new WeftError('WEFT_REGISTRY_UNAVAILABLE', message, { failure: 'timeout' });
}

async function start<T>(operation: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return operation(signal);
}
