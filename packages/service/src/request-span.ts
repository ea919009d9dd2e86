import type { Span, TraceContext } from '@weft/core';
import { HTTP_ATTRIBUTES, type KindTracer, methodInName, tagMethod } from '@weft/tracing';
import type { RequestContext } from './request-context.js';

/** Where a service answers, as its spans tell. */
export interface ServerFacts {
  /** Host that callers are told. */
  readonly address: string;
  /** Port of its first wire. */
  readonly port: number;
  /** `http` or `https`. */
  readonly scheme: string;
}

/**
 * The span of a request: `GET /users/:id`, with the seed's tags and the stable attributes. The query is left out: what is
 * secret stands there.
 *
 * Source: OpenTelemetry semantic conventions, HTTP server spans, 1.23 and later; S97 for `http.method` and `http.url`.
 */
export function startRequestSpan(
  tracer: KindTracer,
  { method, path, route }: RequestContext,
  parent: TraceContext | undefined,
  server: ServerFacts,
): Span {
  const mark = path.indexOf('?');
  const pathOnly = mark < 0 ? path : path.slice(0, mark);
  const span = tracer.startSpan(`${methodInName(method)} ${route ?? 'unmatched'}`, parent, 'server');
  if (route !== undefined) span.setTag(HTTP_ATTRIBUTES.route, route);
  return tagMethod(span, method)
    .setTag('http.method', method)
    .setTag('http.url', pathOnly)
    .setTag(HTTP_ATTRIBUTES.urlPath, pathOnly)
    .setTag(HTTP_ATTRIBUTES.urlScheme, server.scheme)
    .setTag(HTTP_ATTRIBUTES.serverAddress, server.address)
    .setTag(HTTP_ATTRIBUTES.serverPort, server.port);
}

/** Ends it with the status of the answer; from 500 on it has failed. */
export function finishRequestSpan(span: Span, status: number): void {
  span.setTag(HTTP_ATTRIBUTES.responseStatusCode, status);
  if (status >= 500) span.setTag(HTTP_ATTRIBUTES.errorType, String(status)).setTag('error', true);
  span.finish();
}
