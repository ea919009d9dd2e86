import { WeftError } from '@weft/core';

const KNOWN = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']);
const TOKEN = /^[\w!#$%&'*+.^`|~-]{1,64}$/;

/**
 * A method in upper case, as it may go on the wire.
 * @throws WEFT_INVALID_ARGUMENT when it is no token (RFC 9110, 5.6.2), and for CONNECT, which opens a tunnel
 */
export function parseMethod(method: string): string {
  if (KNOWN.has(method)) return method;
  if (typeof method !== 'string' || !TOKEN.test(method) || method.toUpperCase() === 'CONNECT') {
    const shown = JSON.stringify(String(method).slice(0, 64));
    throw new WeftError('WEFT_INVALID_ARGUMENT', `method ${shown} is refused: expected one such as GET or POST`);
  }
  return method.toUpperCase();
}
