import type { Middleware, Reply } from '@weft/core';
import type { RequestContext } from './request-context.js';

/**
 * Answers a request: with a value (200 and JSON), nothing (204), bytes or pieces as they are, or what `json`, `text` or
 * `reply` made. May be asynchronous. A `ServiceError` that it throws is the answer; anything else is a 500.
 */
export type ServiceHandler<Body = unknown> = (request: RequestContext<Body>) => unknown;

/** Wraps all handlers, also the answers 404 and 405; first = outermost. What handlers throw can be caught here. */
export type ServiceMiddleware = Middleware<RequestContext, Reply>;
