import { type Clock, type Inbound, type Logger, PRIORITY_HEADER, RETRY_HEADER, type Reply } from '@weft/core';
import { LoadShedder, type OverloadReason, type Priority } from '@weft/resilience';
import { errorReply } from './error-reply.js';
import type { OverloadOptions } from './protection-options.js';
import { withHeader, withRetryAfter } from './reply.js';
import type { RequestLimit } from './request-limit.js';
import type { ServiceRequest } from './service-request.js';
import type { TrustedPeers } from './trusted-peers.js';

/** What an admission is made with. */
export interface AdmissionOptions {
  /** Undefined: nothing is shed. */
  readonly overload: OverloadOptions | undefined;
  /** Undefined: nothing is limited. */
  readonly limit: RequestLimit | undefined;
  /** Whose word about the priority of a request counts. */
  readonly trustedPeers: TrustedPeers;
  readonly clock: Clock;
  readonly log: Logger;
}

const OVERLOADED = withHeader(errorReply(503, 'Overloaded'), RETRY_HEADER, 'yes');
const PRIORITIES: ReadonlySet<string> = new Set<Priority>(['critical', 'normal', 'low']);

/** Who comes in, before anything is done for it: first what the process can bear is asked, then what the caller may. */
export class Admission {
  readonly #options: AdmissionOptions;
  #shedder: LoadShedder | undefined;
  readonly #shed: Reply;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#shedder = this.#openShedder();
    this.#shed = withRetryAfter(OVERLOADED, this.#shedder?.retryAfterMs ?? 0);
  }

  /** The refusal of a request, or undefined when it may come in; later when a store of rate limits is asked. */
  refusal(request: ServiceRequest): Reply | undefined | Promise<Reply | undefined> {
    const shedder = this.#shedder;
    if (shedder && !shedder.admits(this.#priorityOf(request.inbound), request.startedAt)) {
      request.refusedFor = shedder.reason ?? 'delay';
      return this.#shed;
    }
    return this.#options.limit?.refusal(request);
  }

  /** Measures no longer until the next request comes. */
  close(): void {
    this.#shedder?.close();
    this.#shedder = this.#openShedder();
  }

  #openShedder(): LoadShedder | undefined {
    const { overload, clock, log: logger } = this.#options;
    if (!overload) return undefined;
    const onOverload = (reason: OverloadReason | undefined) => {
      if (reason === undefined) logger.info('Overload is over');
      else logger.warn('Overloaded: requests are shed', { reason });
      overload.onOverload?.(reason);
    };
    return new LoadShedder({ ...overload, clock, logger, onOverload });
  }

  /** Nobody is asked who calls unless it matters: most requests say nothing of a priority. */
  #priorityOf(inbound: Inbound): Priority {
    const asked = inbound.headers[PRIORITY_HEADER];
    return isPriority(asked) && this.#options.trustedPeers.has(inbound.remoteAddress) ? asked : 'normal';
  }
}

function isPriority(value: unknown): value is Priority {
  return typeof value === 'string' && PRIORITIES.has(value);
}
