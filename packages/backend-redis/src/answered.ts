import { setMaxListeners } from 'node:events';
import { type Clock, WeftError } from '@weft/core';

/** How long an answer is waited for. */
export interface AnswerBound {
  /** What was asked, for the error. */
  readonly what: string;
  /** By when it has to be there. */
  readonly timeoutMs: number;
  /** Time. */
  readonly clock: Clock;
  /** Ends the wait at once. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What `asked` resolves to, if it does so in time; what it does later is of no interest.
 * @throws WEFT_REGISTRY_UNAVAILABLE with the failure `timeout`
 * @throws WEFT_CANCELLED when the signal is aborted, unless its reason is a `WeftError`
 */
export function answered<T>(asked: Promise<T>, { what, timeoutMs, clock, signal }: AnswerBound): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    };
    const onAbort = () => {
      end();
      reject(givenUp(what, signal));
    };
    const timer = clock.setTimer(timeoutMs, () => {
      end();
      const message = `${what}: no answer within ${timeoutMs} ms`;
      reject(new WeftError('WEFT_REGISTRY_UNAVAILABLE', message, { failure: 'timeout', ambiguous: true }));
    });
    asked.then(
      (value) => {
        end();
        resolve(value);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
    if (signal?.aborted) return onAbort();
    // Many operations at once may share a signal; each one listens only while it lasts.
    if (signal) setMaxListeners(0, signal);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** The error of a wait that was ended by its signal. */
export function givenUp(what: string, signal: AbortSignal | undefined): WeftError {
  const reason: unknown = signal?.reason;
  if (reason instanceof WeftError) return reason;
  return new WeftError('WEFT_CANCELLED', `${what} was given up`, { cause: reason });
}
