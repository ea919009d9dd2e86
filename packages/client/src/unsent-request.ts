import { WeftError } from '@weft/core';
import type { CallRequest } from './call-request.js';

/** By the error that refused it. */
const unsent = new WeakMap<WeftError, CallRequest>();

/** Remembers, for `explain`, that a request never became a call. Gives the error back. */
export function noteUnsent<Refusal>(refusal: Refusal, request: CallRequest): Refusal {
  if (refusal instanceof WeftError) unsent.set(refusal, request);
  return refusal;
}

/** The request that was refused with an error before it became a call; undefined when it did become one. */
export function unsentRequestOf(refusal: WeftError): CallRequest | undefined {
  return unsent.get(refusal);
}
