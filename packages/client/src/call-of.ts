import { WeftError } from '@weft/core';
import { Call } from './call.js';
import { Response } from './response.js';

/** The call that ended with an error or an answer; undefined when no client of this process has made it. */
export function callOf(ended: unknown): Call | undefined {
  // Who waited for the same call as others has an error of its own, and that of the call as its cause.
  if (ended instanceof WeftError) return Call.of(ended) ?? (ended.cause instanceof WeftError ? Call.of(ended.cause) : undefined);
  const call = ended instanceof Response ? Response.callOf(ended) : undefined;
  return call instanceof Call ? call : undefined;
}
