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
    call.cancel(new WeftError('WEFT_CANCELLED', 'cancelled by the caller', { ambiguous: call.current !== undefined }));
  };
  for (const signal of [own, inherited]) {
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  }
  return () => {
    own?.removeEventListener('abort', onAbort);
    inherited?.removeEventListener('abort', onAbort);
  };
}
