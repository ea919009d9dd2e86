import { type Clock, WeftError } from '@weft/core';
import type { KeepAwake } from './keep-awake.js';

/** How long an operation is waited for. */
export interface Bound {
  /** What is done, for the error: `listing "orders"`. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Given when somebody awaits the answer, so that the process has to live until it is there. */
  readonly keepAwake?: KeepAwake;
  /** Ends the wait early, with WEFT_CLOSED. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `operation` for at most `timeoutMs`. Then its signal is aborted and it is no longer waited for: a client library
 * that ignores the signal must not hang its caller.
 * @throws WEFT_REGISTRY_UNAVAILABLE when it fails or its time is up
 * @throws WEFT_CLOSED when `signal` is aborted
 */
export function bounded<T>(
  operation: (signal: AbortSignal) => Promise<T>,
  { what, timeoutMs, clock, keepAwake, signal }: Bound,
): Promise<T> {
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
    const timer = clock.setTimer(timeoutMs, () => giveUp(timedOut(what, timeoutMs)));
    const letSleep = keepAwake?.();
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
export function timedOut(what: string, timeoutMs: number): WeftError {
  const message = `${what}: no answer from the registry within ${timeoutMs} ms`;
  return new WeftError('WEFT_REGISTRY_UNAVAILABLE', message, { failure: 'timeout' });
}

async function start<T>(operation: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return operation(signal);
}
