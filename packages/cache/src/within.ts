import { type Clock, currentContext, type Duration, parseDuration, WeftError } from '@weft/core';

/** How long a caller waits: until an instant, and until one of the signals fires. */
export interface Patience {
  readonly untilAt: number;
  readonly signals: readonly AbortSignal[];
}

/** How long a caller waits: as its options say, and no longer than the request that it is made for. @throws WEFT_CONFIG_INVALID */
export function patienceOf(
  { timeout = false, signal }: { readonly timeout?: Duration | false; readonly signal?: AbortSignal },
  clock: Clock,
): Patience {
  const ambient = currentContext();
  const ownMs = timeout === false ? Number.POSITIVE_INFINITY : parseDuration(timeout, 'options.timeout');
  const untilAt = Math.min(clock.now() + ownMs, ambient?.deadlineAt ?? Number.POSITIVE_INFINITY);
  return { untilAt, signals: [signal, ambient?.signal].filter((one) => one !== undefined) };
}

/**
 * Waits for what goes on without the one who waits. Begins nothing for a caller who has gone already.
 * @param what named in the error
 * @throws WEFT_CANCELLED WEFT_DEADLINE_EXCEEDED, or what the work rejects with
 */
export async function within<T>(begin: () => Promise<T>, patience: Patience, clock: Clock, what: string): Promise<T> {
  const { untilAt, signals } = patience;
  for (const signal of signals) if (signal.aborted) throw goneError(signal, what);
  if (untilAt === Number.POSITIVE_INFINITY && signals.length === 0) return begin();
  let stopWaiting = () => {};
  const impatience = new Promise<never>((_, reject) => {
    const onAbort = (event: Event) => reject(goneError(event.target as AbortSignal, what));
    for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
    const leftMs = untilAt - clock.now();
    const timer = Number.isFinite(leftMs) ? clock.setTimer(leftMs, () => reject(lateError(what))) : undefined;
    stopWaiting = () => {
      timer?.cancel();
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
    };
  });
  try {
    return await Promise.race([begin(), impatience]);
  } finally {
    stopWaiting();
  }
}

/** The signal of a request that is handled fires when its time is up, too, and that is nobody's cancel. */
function goneError({ reason }: AbortSignal, what: string): WeftError {
  const isLate = reason instanceof WeftError && reason.code === 'WEFT_DEADLINE_EXCEEDED';
  return isLate ? lateError(what) : new WeftError('WEFT_CANCELLED', `${what}: cancelled by the caller`);
}

function lateError(what: string): WeftError {
  return new WeftError('WEFT_DEADLINE_EXCEEDED', `${what}: no answer in time`, { failure: 'timeout' });
}
