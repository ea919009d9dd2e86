import { type Attempt, type Reply, WeftError } from '@weft/core';
import type { Try } from './try.js';

/**
 * Carries a try to where it belongs: the innermost handler of the middlewares around tries. One of them may have passed a
 * changed copy on: what ends the try has to reach that.
 */
export function transmit(attempt: Attempt): Promise<Reply> {
  const { origin } = attempt as Partial<Try>;
  if (!origin) throw new WeftError('WEFT_INVALID_ARGUMENT', 'a middleware has to pass on the try it was given, or a copy of it');
  if (origin !== attempt) origin.abort = (error) => attempt.abort?.(error);
  return origin.ended ? Promise.reject(origin.ended) : origin.target.transmit(attempt);
}

/** As `transmit`, for middlewares: they may copy the reply, and of one that is decoded when it is read a copy lacks the headers. */
export async function transmitPlain(attempt: Attempt): Promise<Reply> {
  const { status, headers, body } = await transmit(attempt);
  return { status, headers, body };
}
