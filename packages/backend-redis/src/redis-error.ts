import { type ErrorCode, messageOf, type TransportFailure, WeftError } from '@weft/core';

/** Answers of the server that say that we are not who we say. */
const UNAUTHENTICATED = /^(?:WRONGPASS|NOAUTH)\b|invalid password|without any password configured/;
/** Answers that say that we may not; of a command in a script each version words it differently. */
const FORBIDDEN = /\bNOPERM\b|ACL failure|The user executing the script can't|has no permissions/;
/** What is said about a script beside the reason. */
const IN_SCRIPT = /,? script: [0-9a-f]{40}, on @user_script:\d+\.$/;
/** What ioredis says of commands whose connection has gone. */
const GONE = /Connection is closed|isn't writeable|Command aborted|None of startup nodes|Failed to refresh slots|max retries/;
/** Codes of TLS connections that will not come about however often one tries. */
const TLS = /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_)/;

const FAILURES: Readonly<Record<string, TransportFailure>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'refused',
  EAI_AGAIN: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  ETIMEDOUT: 'connect-timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
};

/** What ioredis threw, as the error that all drivers use; `what` was done, for the message: `redis at host:port: listing "a"`. */
export function redisError(error: unknown, what: string): WeftError {
  if (error instanceof WeftError) return error;
  const text = messageOf(error).trim().replace(IN_SCRIPT, '');
  const code = codeOf(error);
  const cause = bare(text, code);
  if (TLS.test(code)) {
    return new WeftError('WEFT_UNAUTHENTICATED', `${what}: no TLS connection: ${text} (${code})`, { cause, retryable: true });
  }
  const failure = FAILURES[code] ?? (GONE.test(text) ? 'reset' : undefined);
  if (failure) return new WeftError('WEFT_REGISTRY_UNAVAILABLE', `${what}: ${text}`, { cause, failure });
  // Passwords and rights can be given back while we run.
  return new WeftError(refusalOf(text), `${what}: ${text}`, { cause, retryable: true });
}

/** What lies behind an error, without the command that the library hangs on it: its arguments may be a password. */
function bare(message: string, code: string): Error {
  const error = new Error(message);
  return code === '' ? error : Object.assign(error, { code });
}

/** Whether trying again cannot help before somebody changes something. */
export function isFatal({ code }: WeftError): boolean {
  return code === 'WEFT_UNAUTHENTICATED' || code === 'WEFT_PERMISSION_DENIED' || code === 'WEFT_CONFIG_INVALID';
}

/** Whether a command could not be answered because its connection has gone. */
export function isGone(error: unknown): boolean {
  return !(error instanceof WeftError) && GONE.test(messageOf(error));
}

function refusalOf(answer: string): ErrorCode {
  if (UNAUTHENTICATED.test(answer)) return 'WEFT_UNAUTHENTICATED';
  return FORBIDDEN.test(answer) ? 'WEFT_PERMISSION_DENIED' : 'WEFT_REGISTRY_UNAVAILABLE';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
