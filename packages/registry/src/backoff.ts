import { type Random, WeftError } from '@weft/core';

const FIRST_MS = 1_000;
const UNREACHABLE_CAP_MS = 2_000;
const ANSWERING_CAP_MS = 10_000;

/**
 * How long to wait before the backend is tried again: the first time uniform in 0-1 s, so that the clients of a
 * restarted server do not come back in one moment, then full jitter with a cap. The cap is 2 s while the backend cannot
 * be reached (the error says how the wire failed, or nothing but an end) and 10 s while it answers with errors.
 *
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export class Backoff {
  private failures = 0;

  constructor(private readonly random: Random) {}

  /** Ms until the next try after `error`. */
  nextMs(error: unknown): number {
    const capMs = isAnswer(error) ? ANSWERING_CAP_MS : UNREACHABLE_CAP_MS;
    const ceilingMs = Math.min(capMs, FIRST_MS * 2 ** Math.min(this.failures++, 10));
    return this.random() * ceilingMs;
  }

  /** Begins anew: the backend works. */
  reset(): void {
    this.failures = 0;
  }
}

function isAnswer(error: unknown): boolean {
  return error instanceof WeftError && error.failure === undefined;
}
