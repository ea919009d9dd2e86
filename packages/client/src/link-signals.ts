import { setMaxListeners } from 'node:events';
import { WeftError } from '@weft/core';
import type { Call } from './call.js';

/** Ends the call when one of the signals fires; returns what takes that back, or undefined when there is no signal. */
export function linkSignals(
  call: Call,
  own: AbortSignal | undefined,
  inherited: AbortSignal | undefined,
): (() => void) | undefined {
  if (!own && !inherited) return undefined;
  const onAbort = () => {
    const isTimeUp = !own?.aborted && isDeadline(inherited?.reason);
    const [code, message] = isTimeUp
      ? (['WEFT_DEADLINE_EXCEEDED', 'no answer within the time left of the request that is handled'] as const)
      : (['WEFT_CANCELLED', 'cancelled by the caller'] as const);
    call.cancel(new WeftError(code, message, { ambiguous: call.current !== undefined }));
  };
  for (const signal of [own, inherited]) {
    if (signal?.aborted) onAbort();
    if (!signal || signal.aborted) continue;
    // One signal may serve many calls at a time; each takes its listener back, so there is no leak to warn of.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', onAbort, { once: true });
  }
  return () => {
    own?.removeEventListener('abort', onAbort);
    inherited?.removeEventListener('abort', onAbort);
  };
}

/** The inherited signal fires when the request's time is up, too, and that is nobody's cancel: it is answered 504, not 499. */
function isDeadline(reason: unknown): boolean {
  return reason instanceof WeftError && reason.code === 'WEFT_DEADLINE_EXCEEDED';
}
