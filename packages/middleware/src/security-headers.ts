import { invalidOption, nearestName } from '@weft/core';
import type { RequestMiddleware } from './request-middleware.js';

/** What an API tells browsers. */
const DEFAULTS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
} as const;

/** Another value for a header, or false to leave it out. */
export type SecurityHeaderOptions = { readonly [Name in keyof typeof DEFAULTS]?: string | false | undefined };

/**
 * Puts the headers on every answer, in a service also on those to what is thrown, that keep browsers from making more of it
 * than data. What a handler sets itself wins.
 *
 * Source: the defaults of helmet, and OWASP REST Security Cheat Sheet, where they make sense for an API.
 * @throws WEFT_CONFIG_INVALID for a header that is none of these, or a value that cannot be sent
 */
export function securityHeaders(options: SecurityHeaderOptions = {}): RequestMiddleware {
  const own: Record<string, string> = { ...DEFAULTS };
  for (const [name, value] of Object.entries(options)) {
    const path = `securityHeaders.${name}`;
    if (!(name in DEFAULTS)) throw invalidOption(path, unknownHeader(name));
    if (value === false) delete own[name];
    else if (value !== undefined && !/^[\t -~]+$/.test(value)) throw invalidOption(path, 'expected false or printable ASCII');
    else if (value !== undefined) own[name] = value;
  }
  return (next) => async (request) => {
    if (request.failureHeaders) Object.assign(request.failureHeaders, own);
    const { status, headers, body } = await next(request);
    return { status, headers: { ...own, ...headers }, body };
  };
}

function unknownHeader(name: string): string {
  const known = Object.keys(DEFAULTS);
  const near = nearestName(name.toLowerCase(), known);
  return `unknown header. Known: ${known.join(', ')}.${near ? ` Did you mean "${near}"?` : ''}`;
}
