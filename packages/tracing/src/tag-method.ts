import type { Span } from '@weft/core';
import { HTTP_ATTRIBUTES } from './http-attributes.js';

const KNOWN = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);

/** The method as the name of a span begins with it: `HTTP` for one that is not known. */
export function methodInName(method: string): string {
  return KNOWN.has(method) ? method : 'HTTP';
}

/**
 * Tags a span with the method of its request, in upper case. What is not known is `_OTHER`: back ends make a series of each.
 *
 * Source: OpenTelemetry semantic conventions, `http.request.method`; the known ones are those of RFC 9110 and RFC 5789.
 */
export function tagMethod(span: Span, method: string): Span {
  if (KNOWN.has(method)) return span.setTag(HTTP_ATTRIBUTES.requestMethod, method);
  return span.setTag(HTTP_ATTRIBUTES.requestMethod, '_OTHER').setTag(HTTP_ATTRIBUTES.requestMethodOriginal, method);
}
