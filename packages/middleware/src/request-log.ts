import { type Clock, type Logger, systemClock } from '@weft/core';
import { observeReply } from './observe-reply.js';
import { type RequestMiddleware, routeOf } from './request-middleware.js';

/** Where and how requests are logged. */
export interface RequestLogOptions {
  /** Default: `request.log`, the service's. */
  readonly logger?: Logger | undefined;
  /** Default: the process's. */
  readonly clock?: Clock | undefined;
}

/**
 * One line per request when its answer is over: method, route, status, ms and `trace_id`, as Weft's own logger calls it. A warning
 * from 500 on. Neither query nor headers nor bodies: what is secret stands there.
 */
export function requestLog({ logger, clock = systemClock }: RequestLogOptions = {}): RequestMiddleware {
  return (next) => (request) =>
    observeReply(
      clock,
      () => next(request),
      ({ status, isWhole, durationMs }) => {
        const { method, trace, log } = request;
        const fields = {
          method,
          route: routeOf(request),
          status,
          durationMs,
          ...(trace && { trace_id: trace.traceId }),
          ...(!isWhole && { isWhole }),
        };
        (logger ?? log)?.[status >= 500 ? 'warn' : 'info']('request', fields);
      },
    );
}
