import { type ErrorCode, messageOf, type TransportFailure, WeftError } from '@weft/core';
import type { ClientResponse } from './consul-client.js';

const FAILURES: Readonly<Record<string, TransportFailure>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'refused',
  EAI_AGAIN: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  ETIMEDOUT: 'connect-timeout',
};
const TLS_CODE =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$|INVALID_CA|HOSTNAME_MISMATCH)/;
/** OpenSSL, of an answer that is not encrypted. */
const NOT_TLS = /wrong version number|packet length too long/;
/** What the library puts before each message. */
const LIBRARY_PREFIX = /^consul: (?:[\w-]+(?:\.[\w-]+)*: )?/;
const MAX_TEXT = 200;

/** What Consul answered, with a status that is none of success. */
export class ConsulRefusal extends Error {
  constructor(
    /** HTTP status. */
    readonly status: number,
    /** What the server said, on one line. */
    readonly text: string,
  ) {
    super(`${status} ${text}`);
    this.name = 'ConsulRefusal';
  }
}

/** The refusal that a response is. */
export function refusalOf({ statusCode, body }: ClientResponse): ConsulRefusal {
  const text = String(body ?? '').replace(/\s+/g, ' ');
  return new ConsulRefusal(statusCode, text.trim().slice(0, MAX_TEXT));
}

/** The error of an answer; without `failure`, because the server was reached. */
export function errorOfRefusal(what: string, from: string, refusal: ConsulRefusal): WeftError {
  const { status, text } = refusal;
  const said = `${what}: consul at ${from} answered ${status}${text === '' ? '' : ` "${text}"`}`;
  if (status === 403 || status === 401) {
    const isUnknown = status === 401 || /ACL not found|token does not exist/i.test(text);
    const code: ErrorCode = isUnknown ? 'WEFT_UNAUTHENTICATED' : 'WEFT_PERMISSION_DENIED';
    const advice = isUnknown ? 'it does not know the token' : 'the token has no right to do this';
    // Tokens, rights and certificates can be given back while we run: here, and below.
    return new WeftError(code, `${said}: ${advice}`, { cause: refusal, retryable: true });
  }
  if (status === 413) return new WeftError('WEFT_INVALID_ARGUMENT', `${said}: too large`, { cause: refusal });
  if (status === 400) return new WeftError('WEFT_INVALID_ARGUMENT', said, { cause: refusal });
  return new WeftError('WEFT_REGISTRY_UNAVAILABLE', said, { cause: refusal });
}

/** The error of a connection that failed. */
export function errorOfFailure(what: string, from: string, error: unknown): WeftError {
  const code = codeOf(error);
  const reason = messageOf(error).replace(LIBRARY_PREFIX, '').trim() || code;
  if (error instanceof WeftError) return new WeftError(error.code, reason, { cause: error, failure: 'refused' });
  if (TLS_CODE.test(code)) {
    const question = NOT_TLS.test(reason) ? ' (does the server speak TLS?)' : '';
    const message = `${what}: no trusted connection to consul at ${from}: ${reason}${question}`;
    return new WeftError('WEFT_UNAUTHENTICATED', message, { cause: error, failure: 'refused', retryable: true });
  }
  // Bytes that are no HTTP are an answer as well: whoever gives it will not get better by being asked at once.
  if (code.startsWith('HPE_')) return nonsense(what, from, reason);
  const failure = FAILURES[code] ?? 'reset';
  const message = `${what}: consul at ${from} cannot be reached: ${reason}`;
  return new WeftError('WEFT_REGISTRY_UNAVAILABLE', message, { cause: error, failure });
}

/** The error of an answer that cannot be understood; without `failure`, because somebody answered. */
export function nonsense(what: string, from: string, reason: string): WeftError {
  return new WeftError('WEFT_REGISTRY_UNAVAILABLE', `${what}: what consul at ${from} answered makes no sense: ${reason}`);
}

/** The error of a list that is empty because the token may not read it. */
export function hidden({ what, from }: { readonly what: string; readonly from: string }, rights: string): WeftError {
  const message = `${what}: consul at ${from} shows nothing to this token: it lacks ${rights}`;
  return new WeftError('WEFT_PERMISSION_DENIED', message, { retryable: true });
}

/** The error of an answer that did not come in time. */
export function lateError(what: string, from: string, timeoutMs: number): WeftError {
  const message = `${what}: consul at ${from} did not answer within ${Math.round(timeoutMs)} ms`;
  return new WeftError('WEFT_REGISTRY_UNAVAILABLE', message, { failure: 'timeout' });
}

/** Whether the error says that the agent itself was not reached, so that another one may be asked. */
export function isOfWire(error: unknown): error is WeftError {
  return error instanceof WeftError && error.failure !== undefined;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
