import { type Clock, RETRY_HEADER, type Result } from '@weft/core';
import { AdaptiveConcurrency, type AdaptiveConcurrencyOptions } from '@weft/resilience';
import { errorReply, statusOfError } from './error-reply.js';
import { isPromise } from './is-promise.js';
import { ServiceReply, withHeader, withRetryAfter } from './reply.js';
import type { ServiceRequest } from './service-request.js';

const RETRY_MS = 1_000;
const FULL = withHeader(withRetryAfter(errorReply(503, 'Overloaded'), RETRY_MS), RETRY_HEADER, 'yes');

/**
 * As many requests are worked at together as the service turns out to be able to; the rest is refused at once. An answer from
 * 500 on is a failure, one from 400 on says nothing of the service. A streamed answer gives its place back when it begins.
 */
export class WorkPlaces {
  readonly #limiter: AdaptiveConcurrency;
  readonly #clock: Clock;

  constructor(options: AdaptiveConcurrencyOptions & { readonly clock: Clock }) {
    this.#limiter = new AdaptiveConcurrency(options);
    this.#clock = options.clock;
  }

  /**
   * What `work` makes of the request, or a refusal.
   * @param enteredAt the instant now
   * @throws what `work` throws
   */
  run(request: ServiceRequest, enteredAt: number, work: (request: ServiceRequest) => unknown): unknown {
    if (!this.#limiter.tryEnter()) {
      request.refusedFor = 'concurrency';
      return FULL;
    }
    try {
      const value = work(request);
      if (isPromise(value)) return this.#leaveLater(value, enteredAt);
      this.#leave(statusOf(value), enteredAt);
      return value;
    } catch (error) {
      this.#leave(statusOfError(error), enteredAt);
      throw error;
    }
  }

  async #leaveLater(work: PromiseLike<unknown>, enteredAt: number): Promise<unknown> {
    try {
      const value = await work;
      this.#leave(statusOf(value), enteredAt);
      return value;
    } catch (error) {
      this.#leave(statusOfError(error), enteredAt);
      throw error;
    }
  }

  #leave(status: number, enteredAt: number): void {
    const nowMs = this.#clock.now();
    this.#limiter.leave(resultOf(status), nowMs - enteredAt, nowMs);
  }
}

function statusOf(value: unknown): number {
  return value instanceof ServiceReply ? value.status : 200;
}

function resultOf(status: number): Result {
  if (status >= 500) return 'failed';
  return status >= 400 ? 'ignored' : 'ok';
}
