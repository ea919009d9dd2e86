import { compose, type Reply } from '@weft/core';
import type { CallRequest } from './call-request.js';
import type { CallsUnderWay } from './calls-under-way.js';
import type { AttemptMiddleware, CallMiddleware } from './options.js';
import type { Response } from './response.js';
import { transmit, transmitPlain } from './transmit.js';
import type { Try } from './try.js';

type Perform = (request: CallRequest) => Promise<Response>;

/** What stands around the calls of a client, and around each of their tries. */
export class Middlewares {
  readonly #start: Perform;
  readonly #underWay: CallsUnderWay;
  readonly #aroundTries: AttemptMiddleware[] = [];
  #aroundCalls: readonly CallMiddleware[] = [];
  #chain: Perform;
  /** Sends a try, through all that stand around it. */
  send: (attempt: Try) => Promise<Reply> = transmit;

  /** @param start begins a call, when it has come through all that stand around it */
  constructor(start: Perform, underWay: CallsUnderWay) {
    this.#start = start;
    this.#chain = start;
    this.#underWay = underWay;
  }

  /** Those around calls; first = outermost. */
  get aroundCalls(): readonly CallMiddleware[] {
    return this.#aroundCalls;
  }

  set aroundCalls(middlewares: readonly CallMiddleware[]) {
    this.#aroundCalls = [...middlewares];
    this.#chain = compose(this.#aroundCalls, this.#start);
  }

  /** Makes a call, through all that stand around it. */
  perform(request: CallRequest): Promise<Response> {
    return this.#aroundCalls.length > 0 ? this.#hold(request) : this.#start(request);
  }

  /** Adds one around each try, innermost of them. */
  addAroundTries(middleware: AttemptMiddleware): void {
    this.#aroundTries.push(middleware);
    const chain = compose(this.#aroundTries, transmitPlain);
    this.send = (attempt) => Promise.race([chain(attempt), attempt.whenEnded()]);
  }

  /** A middleware may hold a call before it begins and after it has ended. */
  async #hold(request: CallRequest): Promise<Response> {
    this.#underWay.enter();
    try {
      return await this.#chain(request);
    } finally {
      this.#underWay.leave();
    }
  }
}
