import { createHash, timingSafeEqual } from 'node:crypto';
import { type Caller, invalidOption } from '@weft/core';
import { refusal } from './refusal.js';
import type { MiddlewareRequest, RequestMiddleware } from './request-middleware.js';

/** Says whose token it is; undefined for nobody's. What it throws is the answer's failure. */
export type VerifyToken = (token: string, request: MiddlewareRequest) => Caller | undefined | Promise<Caller | undefined>;

/** Either the tokens, or who knows them. */
export interface BearerAuthOptions {
  /** Tokens by the name of who has them: `{ gateway: process.env.GATEWAY_TOKEN }`. */
  readonly tokens?: Readonly<Record<string, string | undefined>> | undefined;
  /** Looks a token up, or checks its signature. */
  readonly verify?: VerifyToken | undefined;
  /** What is protected, told to whoever is refused; default `api`. */
  readonly realm?: string | undefined;
}

const BEARER = /^bearer +([\w.~+/-]+=*)$/i;
const TOKEN = /^[\w.~+/-]+=*$/;

/**
 * Lets nobody in without a token of `authorization: Bearer <token>`: 401 otherwise. Puts the caller into `request.user`.
 *
 * Source: RFC 6750, section 2.1 and 3.
 * @throws WEFT_CONFIG_INVALID without exactly one of tokens and verify, for a token or a realm that cannot be sent
 */
export function bearerAuth({ tokens, verify, realm = 'api' }: BearerAuthOptions): RequestMiddleware {
  if ((tokens === undefined) === (verify === undefined)) throw invalidOption('bearerAuth', 'expected either tokens or verify');
  if (verify !== undefined && typeof verify !== 'function') throw invalidOption('bearerAuth.verify', 'expected a function');
  if (!/^[ !#-[\]-~]+$/.test(realm)) throw invalidOption('bearerAuth.realm', 'expected printable ASCII without " and \\');
  const check = verify ?? knownTokens(tokens ?? {});
  const missing = refusal(401, 'Unauthorized', { 'www-authenticate': `Bearer realm="${realm}"` });
  const invalid = refusal(401, 'Unauthorized', { 'www-authenticate': `Bearer realm="${realm}", error="invalid_token"` });

  return (next) => async (request) => {
    const { authorization } = request.headers;
    if (authorization === undefined) return missing;
    const token = BEARER.exec(String(authorization))?.[1];
    const caller = token === undefined ? undefined : await check(token, request);
    if (!caller) return invalid;
    request.user = caller;
    return next(request);
  };
}

/** Compares digests, and all of them: how long it takes says nothing about what a token looks like. */
function knownTokens(tokens: NonNullable<BearerAuthOptions['tokens']>): VerifyToken {
  const known = Object.entries(tokens).map(([id, token]) => {
    if (!token) throw invalidOption(`bearerAuth.tokens.${id}`, 'is empty: expected a token');
    if (!TOKEN.test(token)) throw invalidOption(`bearerAuth.tokens.${id}`, 'cannot be sent: expected letters, digits and -._~+/');
    return { caller: { id }, digest: digestOf(token) };
  });
  if (known.length === 0) throw invalidOption('bearerAuth.tokens', 'has no token: nobody could call');
  return (token) => {
    const digest = digestOf(token);
    let caller: Caller | undefined;
    for (const one of known) if (timingSafeEqual(one.digest, digest)) caller = one.caller;
    return caller;
  };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
