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
import { chooseVersion } from './choose-version.js';
import { errorReply, isPanic, replyToError } from './error-reply.js';
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

/** What a dispatcher is made with. */
export interface DispatcherOptions {
  readonly routes: RouteTable;
  readonly around: RequestSurroundings;
  /** Body of a request in bytes. */
  readonly bodyLimitBytes: number;
  readonly strictVersions: boolean;
  /** Counts requests, when the service measures. */
  readonly monitor: ServiceMonitor | undefined;
}

const EXPIRED = errorReply(504, 'The time that the caller gave is up');

/**
 * The way of a request, the same for every transport: route, deadline, body, middleware, handler, answer. A handler that
 * answers at once costs no promise; the ambient context is entered once.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #middlewares: ServiceMiddleware[] = [];
  #composed: Handler<RequestContext, Reply> | undefined;

  constructor(options: DispatcherOptions) {
    this.#options = options;
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
    return runInContext(request, () => this.#answer(request, inbound, match.route));
  }

  #answer(request: ServiceRequest, { body }: Inbound, route: Route | undefined): Reply | Promise<Reply> {
    try {
      if (request.deadlineAt === request.startedAt) return this.#finish(request, EXPIRED);
      if (body !== undefined && route?.readsBody) return this.#settle(request, this.#withBody(request, body));
      const value = this.#run(request);
      return isPromise(value) ? this.#settle(request, value) : this.#finish(request, toReply(value));
    } catch (error) {
      return this.#fail(request, error);
    }
  }

  async #settle(request: ServiceRequest, value: PromiseLike<unknown>): Promise<Reply> {
    try {
      return this.#finish(request, toReply(await value));
    } catch (error) {
      return this.#fail(request, error);
    }
  }

  async #withBody(request: ServiceRequest, body: NonNullable<Inbound['body']>): Promise<unknown> {
    const { headers } = request.inbound;
    request.body = parseBody(await readBody(body, headers, this.#options.bodyLimitBytes), headers);
    return this.#run(request);
  }

  #run(request: ServiceRequest): unknown {
    return this.#composed && !request.match.route?.isBuiltIn ? this.#composed(request) : this.#handle(request);
  }

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

  #fail(request: ServiceRequest, error: unknown): Reply {
    const { log } = this.#options.around;
    const facts = { method: request.method, route: request.match.route?.pattern, error };
    if (isPanic(error)) log.error(`Panic: ${describe(error)}`, facts);
    else if (error instanceof WeftError) log.warn(`Answered with a failure: ${error.code}`, facts);
    return this.#finish(request, safely(error));
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
    try {
      request.finish(status);
      if (!monitor) return;
      const seconds = (around.clock.now() - request.startedAt) / 1_000;
      monitor.recordRequest(request.method, request.match.route?.pattern ?? 'unmatched', seconds, status);
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

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
