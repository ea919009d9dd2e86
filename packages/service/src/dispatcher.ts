import {
  compose,
  type Handler,
  type Inbound,
  messageOf,
  RETRY_HEADER,
  type Reply,
  runInContext,
  VERSION_HEADER,
  WeftError,
} from '@weft/core';
import { parseTimeout } from '@weft/resilience';
import type { Admission } from './admission.js';
import { chooseVersion } from './choose-version.js';
import { errorReply, isPanic, replyToError } from './error-reply.js';
import type { Idempotent } from './idempotent.js';
import { isPromise } from './is-promise.js';
import { parseBody } from './parse-body.js';
import { readBody } from './read-body.js';
import { asReply, json, reply, toReply, withHeader } from './reply.js';
import type { RequestContext } from './request-context.js';
import type { Route } from './route.js';
import type { Match, RouteTable } from './route-table.js';
import type { ServiceMiddleware } from './service-handler.js';
import type { ServiceMonitor } from './service-monitor.js';
import { type RequestSurroundings, ServiceRequest } from './service-request.js';
import { streamInContext } from './stream-in-context.js';
import type { WorkPlaces } from './work-places.js';

/** What a dispatcher is made with. */
export interface DispatcherOptions {
  readonly routes: RouteTable;
  readonly around: RequestSurroundings;
  /** Body of a request in bytes. */
  readonly bodyLimitBytes: number;
  readonly strictVersions: boolean;
  /** Counts requests, when the service measures. */
  readonly monitor: ServiceMonitor | undefined;
  /** Sheds and limits, when the service does. */
  readonly admission: Admission | undefined;
  /** Carries requests with a key out once, when the service does. */
  readonly idempotent: Idempotent | undefined;
  /** Bounds what is worked at together, when the service does. */
  readonly places: WorkPlaces | undefined;
}

const EXPIRED = errorReply(504, 'The time that the caller gave is up');

/**
 * The way of a request, the same for every transport: route, deadline, admission, body, idempotency key, a place to work at it,
 * middleware, handler, answer. What is refused early has cost little, and a request that is refused leaves no claim. A handler
 * that answers at once costs no promise; the ambient context is entered once, and the clock is read once on the way in.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #middlewares: ServiceMiddleware[] = [];
  #composed: Handler<RequestContext, Reply> | undefined;
  #atWork = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Requests that are worked at now, or whose answers in pieces are still being made. */
  get atWork(): number {
    return this.#atWork;
  }

  /** Adds a middleware inside of those that are there. */
  use(middleware: ServiceMiddleware): void {
    this.#middlewares.push(middleware);
    const composed = compose(this.#middlewares, async (request) => toReply(await this.#handle(request as ServiceRequest)));
    this.#composed = async (request) => asReply(await composed(request));
  }

  /** The answer to a request; never throws or rejects. */
  dispatch(inbound: Inbound): Reply | Promise<Reply> {
    const { routes, around } = this.#options;
    const match = routes.find(inbound.method, inbound.path);
    const request = new ServiceRequest(around, inbound, match, parseTimeout(inbound.headers));
    this.#atWork++;
    return runInContext(request, () => this.#answer(request));
  }

  /** Stops what runs beside the requests, until the next one comes. */
  close(): void {
    this.#options.admission?.close();
    this.#options.idempotent?.close();
  }

  #answer(request: ServiceRequest): Reply | Promise<Reply> {
    try {
      const value = this.#enter(request);
      return isPromise(value) ? this.#settle(request, value) : this.#finish(request, toReply(value));
    } catch (error) {
      return this.#finish(request, this.#replyTo(request, error));
    }
  }

  async #settle(request: ServiceRequest, value: PromiseLike<unknown>): Promise<Reply> {
    try {
      return this.#finish(request, toReply(await value));
    } catch (error) {
      return this.#finish(request, this.#replyTo(request, error));
    }
  }

  #enter(request: ServiceRequest): unknown {
    if (request.deadlineAt === request.startedAt) return EXPIRED;
    const { admission } = this.#options;
    if (!admission || request.match.route?.isExempt) return this.#proceed(request);
    const refusal = admission.refusal(request);
    if (refusal === undefined) return this.#proceed(request);
    return isPromise(refusal) ? this.#proceedUnless(refusal, request) : refusal;
  }

  async #proceedUnless(refusal: PromiseLike<Reply | undefined>, request: ServiceRequest): Promise<unknown> {
    return (await refusal) ?? this.#proceed(request);
  }

  #proceed(request: ServiceRequest): unknown {
    const body = request.match.route?.readsBody ? request.inbound.body : undefined;
    if (body !== undefined) return this.#withBody(request, body);
    if (this.#options.idempotent?.covers(request)) return this.#once(request, undefined);
    return this.#work(request, request.startedAt);
  }

  async #withBody(request: ServiceRequest, body: NonNullable<Inbound['body']>): Promise<unknown> {
    const { headers } = request.inbound;
    const bytes = await readBody(body, headers, this.#options.bodyLimitBytes);
    request.body = parseBody(bytes, headers);
    return this.#options.idempotent?.covers(request) ? this.#once(request, bytes) : this.#workNow(request);
  }

  #once(request: ServiceRequest, body: Uint8Array | undefined): Promise<Reply> | undefined {
    return this.#options.idempotent?.once(request, body, async () => {
      try {
        return toReply(await this.#workNow(request));
      } catch (error) {
        return this.#replyTo(request, error);
      }
    });
  }

  /** Time has passed since the request came. */
  #workNow(request: ServiceRequest): unknown {
    return this.#work(request, this.#options.places ? this.#options.around.clock.now() : request.startedAt);
  }

  #work(request: ServiceRequest, nowMs: number): unknown {
    const { places } = this.#options;
    if (!places || request.match.route?.isExempt) return this.#run(request);
    return places.run(request, nowMs, this.#run);
  }

  readonly #run = (request: ServiceRequest): unknown => {
    return this.#composed && !request.match.route?.isBuiltIn ? this.#composed(request) : this.#handle(request);
  };

  #handle(request: ServiceRequest): unknown {
    const { route } = request.match;
    if (!route) return replyToUnmatched(request.method, request.match);
    return route.versions.size > 0 || !route.handler ? this.#handleVersion(request, route) : route.handler(request);
  }

  async #handleVersion(request: ServiceRequest, route: Route): Promise<Reply> {
    const asked = String(request.inbound.headers[VERSION_HEADER] ?? '');
    const { version, handler } = chooseVersion(route, asked, this.#options.strictVersions);
    request.version = version;
    return withHeader(toReply(await handler(request)), VERSION_HEADER, version);
  }

  #replyTo(request: ServiceRequest, error: unknown): Reply {
    const { log } = this.#options.around;
    const facts = { method: request.method, route: request.match.route?.pattern, error };
    if (isPanic(error)) log.error(`Panic: ${describe(error)}`, facts);
    else if (error instanceof WeftError) log.warn(`Answered with a failure: ${error.code}`, facts);
    return request.withFailureHeaders(safely(error));
  }

  #finish(request: ServiceRequest, answer: Reply): Reply {
    const marked = request.retriesExhausted && answer.status >= 500 ? withHeader(answer, RETRY_HEADER, 'no') : answer;
    const { body } = marked;
    if (typeof body !== 'object' || body instanceof Uint8Array) {
      this.#record(request, marked.status);
      return marked;
    }
    const pieces = streamInContext(body, request, () => this.#record(request, marked.status));
    return reply(pieces, { status: marked.status, headers: marked.headers });
  }

  /** What measures may be anybody's; its failure must not fail the request. */
  #record(request: ServiceRequest, status: number): void {
    const { monitor, around } = this.#options;
    this.#atWork--;
    try {
      request.finish(status);
      if (!monitor) return;
      const seconds = (around.clock.now() - request.startedAt) / 1_000;
      monitor.recordRequest(request.method, request.match.route?.pattern ?? 'unmatched', seconds, status);
      if (request.refusedFor) monitor.recordRefusal(request.refusedFor);
    } catch (error) {
      around.log.error(`Panic: ${describe(error)}`, { error });
    }
  }
}

function replyToUnmatched(method: string, { allow = [], isBadPath }: Match): Reply {
  if (isBadPath) return errorReply(400, 'Malformed path');
  if (allow.length === 0) return errorReply(404, 'Not found');
  const answer = method === 'OPTIONS' ? reply() : errorReply(405, 'Method not allowed');
  return withHeader(answer, 'allow', allow.join(', '));
}

/** The details of a `ServiceError` may have no JSON form. */
function safely(error: unknown): Reply {
  try {
    return replyToError(error);
  } catch {
    return json({ error: 'Internal server error', code: 500 }, { status: 500 });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${messageOf(error)}` : messageOf(error);
}
