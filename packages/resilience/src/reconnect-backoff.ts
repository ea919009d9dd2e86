import { type Random, WeftError } from '@weft/core';
import { backoffMs } from './backoff.js';

const FIRST_MS = 1_000;
const UNREACHABLE_CAP_MS = 2_000;
const ANSWERING_CAP_MS = 10_000;

/**
 * How long to wait before a backend is tried again: the first time uniform in 0-1 s, so that the clients of a restarted
 * server do not come back in one moment, then full jitter with a cap. The cap is 2 s while the backend cannot be reached
 * (the error has a `failure` of the wire) and 10 s while it answers with errors.
 *
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export class ReconnectBackoff {
  private failures = 0;

  constructor(private readonly random: Random) {}

  /** Ms until the next try after `error`. */
  nextMs(error: unknown): number {
    return backoffMs(this.failures++, FIRST_MS, this.random, isAnswer(error) ? ANSWERING_CAP_MS : UNREACHABLE_CAP_MS);
  }

  /** Begins anew: the backend works. */
  reset(): void {
    this.failures = 0;
  }
}

function isAnswer(error: unknown): boolean {
  return error instanceof WeftError && error.failure === undefined;
}
