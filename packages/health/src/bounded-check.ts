import { type Clock, type Duration, hideSecrets, messageOf, parsePositiveDuration, systemClock, WeftError } from '@weft/core';
import type { Check } from './check.js';

/** What every check that waits for somebody may be made with. */
export interface CheckOptions {
  /** How long to wait for an answer; default 2 s, below the 5 s that a service gives each check. */
  readonly timeout?: Duration | undefined;
  /** Measures it; default: the process's. */
  readonly clock?: Clock | undefined;
}

/**
 * A check that asks and waits, but not for longer than `timeout` nor after its signal fires, whatever `ask` does then. It fails when
 * `ask` rejects, or resolves to `false`. What looks like a secret in what `ask` rejects with is not in the reason.
 * @param what who is asked, for the reason
 * @param ask gets a signal by which it has to give back what it holds
 * @throws WEFT_CONFIG_INVALID when the timeout is none
 */
export function boundedCheck(what: string, options: CheckOptions, ask: (signal: AbortSignal) => Promise<unknown>): Check {
  const { timeout = '2s', clock = systemClock } = options;
  const timeoutMs = parsePositiveDuration(timeout, 'timeout');
  return async ({ signal } = {}) => {
    const ending = new AbortController();
    const cancel = () =>
      ending.abort(new WeftError('WEFT_CANCELLED', `${what}: the check was cancelled`, { cause: signal?.reason }));
    const late = () => ending.abort(new WeftError('WEFT_DEADLINE_EXCEEDED', `${what}: no answer within ${timeoutMs} ms`));
    const timer = clock.setTimer(timeoutMs, late);
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted) cancel();
    try {
      const answer = await Promise.race([askUnless(ending.signal, ask), abortOf(ending.signal)]);
      if (answer === false) throw new Error('the answer was false');
    } catch (error) {
      ending.signal.throwIfAborted();
      throw new WeftError('WEFT_UNAVAILABLE', `${what}: ${hideSecrets(reasonOf(error))}`, { cause: error });
    } finally {
      timer.cancel();
      signal?.removeEventListener('abort', cancel);
    }
  };
}

async function askUnless(signal: AbortSignal, ask: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
  signal.throwIfAborted();
  return ask(signal);
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Where a host has several addresses, the message of a failure to connect is empty, and each address has its own. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  if (message === '' && error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return message;
}
