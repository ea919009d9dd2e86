import { messageOf, WeftError } from '@weft/core';

/** How far a try had come when it failed. */
export interface Progress {
  /** The request was handed to a connected socket. */
  readonly written: boolean;
  /** The first bytes of an answer had come. */
  readonly answering: boolean;
  /** The whole head of an answer had come. */
  readonly headed: boolean;
  /** The request was so small that a write of it either wholly went to the kernel or did not begin. */
  readonly oneWrite: boolean;
  /** The socket had carried other requests before. */
  readonly reused: boolean;
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)|ERR_TLS_/;
const LENGTH_MISMATCH = 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH';
const NOT_HTTP = new Set(['UND_ERR_HEADERS_OVERFLOW', LENGTH_MISMATCH, 'ERR_ASSERTION']);

/** What undici or a socket reports, in our words. `target` is `host:port`. */
export function transportError(error: unknown, progress: Progress, target: string): WeftError {
  if (error instanceof WeftError) return error;
  const code = codeOf(error);
  const message = `${target}: ${messageOf(error) || code}`;
  if (code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED') return new WeftError('WEFT_CLOSED', message, { cause: error });
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    return new WeftError('WEFT_INVALID_ARGUMENT', message, { cause: error });
  }
  return progress.written ? onTheWire(error, code, progress, message) : beforeTheWire(error, code, message);
}

/** Nothing of the request has left: always safe to try elsewhere. */
function beforeTheWire(cause: unknown, code: string, message: string): WeftError {
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return new WeftError('WEFT_UNAVAILABLE', message, { failure: 'connect-timeout', cause });
  }
  const name = CERTIFICATE.test(code) ? 'WEFT_UNAUTHENTICATED' : 'WEFT_UNAVAILABLE';
  return new WeftError(name, message, { failure: 'refused', cause });
}

function onTheWire(cause: unknown, code: string, progress: Progress, message: string): WeftError {
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new WeftError('WEFT_DEADLINE_EXCEEDED', message, { failure: 'timeout', ambiguous: true, cause });
  }
  if (isProtocol(cause, code) && !isCutShort(cause, code, progress)) {
    return new WeftError('WEFT_PROTOCOL_ERROR', message, { failure: 'protocol', ambiguous: true, cause });
  }
  if (progress.answering) {
    const truncated = `${message}; the answer is truncated`;
    return new WeftError('WEFT_PROTOCOL_ERROR', truncated, { failure: 'reset', ambiguous: true, retryable: true, cause });
  }
  const unsent = progress.oneWrite && isFailedWrite(cause, code);
  return new WeftError('WEFT_UNAVAILABLE', message, {
    failure: progress.reused ? 'stale' : 'reset',
    ambiguous: !unsent,
    cause,
  });
}

/** undici reports an answer nobody asked for, a 100 or an unasked upgrade, as a socket error with such a message. */
function isProtocol(error: unknown, code: string): boolean {
  if (NOT_HTTP.has(code) || (error as { name?: unknown }).name === 'HTTPParserError') return true;
  return code === 'UND_ERR_SOCKET' && /^bad /.test(messageOf(error));
}

/** The server went in the middle of a sound answer after which it would have closed anyway: not its parser's fault. */
function isCutShort(error: unknown, code: string, { headed }: Progress): boolean {
  return headed && (code === LENGTH_MISMATCH || messageOf(error).includes('Invalid EOF state'));
}

/** The kernel, or node before it, refused the write: the peer had closed the pooled socket before. */
function isFailedWrite(error: unknown, code: string): boolean {
  return code === 'EPIPE' || (error as { syscall?: unknown }).syscall === 'write';
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}
