import type { Caller, Handler, HeaderMap, Logger, PeerIdentity, Reply } from '@weft/core';

/** What these middlewares need of a request; that of `@weft/service` has it. */
export interface MiddlewareRequest {
  /** Upper case. */
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  /** Pattern of the route, such as `/users/:id`, where the server tells it. */
  readonly route?: string | undefined;
  /** Names in lower case. */
  readonly headers: HeaderMap;
  /** Address of the caller. */
  readonly remoteAddress: string;
  /** Position in the trace. */
  readonly trace?: { readonly traceId: string } | undefined;
  /** Where `requestLog` writes unless it has a logger of its own. */
  readonly log?: Logger | undefined;
  /** What the caller's certificate says, checked by the server. */
  readonly peer?: PeerIdentity | undefined;
  /** Headers of the answer to what is thrown, where the server makes that answer outside of the middlewares. */
  readonly failureHeaders?: Record<string, string> | undefined;
  /** Set by `bearerAuth` and `mutualAuth`. */
  user?: Caller | undefined;
}

/** A middleware for every request that has what it needs; goes into `service.use()` and core's `compose()`. */
export type RequestMiddleware = <Request extends MiddlewareRequest>(next: Handler<Request, Reply>) => Handler<Request, Reply>;

/** Who calls, as `bearerAuth` or `mutualAuth` found; undefined without them. */
export function callerOf(request: object): Caller | undefined {
  return (request as Partial<MiddlewareRequest>).user;
}

/** The route's pattern, or else the path: without the query in any case. */
export function routeOf({ route, path }: MiddlewareRequest): string {
  const mark = path.indexOf('?');
  return route ?? (mark < 0 ? path : path.slice(0, mark));
}
