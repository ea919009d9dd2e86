import { invalidOption, type PeerIdentity } from '@weft/core';
import { refusal } from './refusal.js';
import type { RequestMiddleware } from './request-middleware.js';

/** Who may call. */
export interface MutualAuthOptions {
  /** Host names and URIs of certificates, exactly as they stand there; or a function that decides. */
  readonly allow: readonly string[] | ((peer: PeerIdentity) => boolean | Promise<boolean>);
}

/**
 * Lets in only those whose client certificate, checked by the server, has one of these names: 403 otherwise. Needs a
 * service with `tls.ca`. Puts the caller into `request.user`.
 * @throws WEFT_CONFIG_INVALID for a list without names
 */
export function mutualAuth({ allow }: MutualAuthOptions): RequestMiddleware {
  if (typeof allow !== 'function' && !(Array.isArray(allow) && allow.length > 0 && allow.every(isName))) {
    throw invalidOption('mutualAuth.allow', 'expected names: nobody could call, or anybody without one');
  }
  const missing = refusal(403, 'A client certificate is required');
  const refused = refusal(403, 'This client certificate is not allowed here');

  return (next) => async (request) => {
    const { peer } = request;
    if (!peer) return missing;
    const names = namesOf(peer);
    const id =
      typeof allow !== 'function' ? names.find((name) => allow.includes(name)) : (await allow(peer)) ? nameOf(peer) : undefined;
    if (id === undefined) return refused;
    request.user = { id };
    return next(request);
  };
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function namesOf({ commonName, dnsNames, uris }: PeerIdentity): readonly string[] {
  if (uris.length > 0 || dnsNames.length > 0) return [...uris, ...dnsNames];
  return commonName === undefined ? [] : [commonName];
}

function nameOf(peer: PeerIdentity): string {
  return namesOf(peer)[0] ?? peer.fingerprint256;
}
