import { type HeaderMap, WeftError } from '@weft/core';

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE = /^[\t -~\u{80}-\u{ff}]*$/u;
const MAX_COUNT = 100;
const MAX_BYTES = 16_384;

/** Names that belong to the connection, not to the call (RFC 9110, 7.6.1), or that the transport writes itself. */
const TRANSPORT_ONLY = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Headers of a call as `Attempt.headers` holds them: names in lower case and values in turn. Values that are undefined
 * are left out. Values are never shown in the error: they may be secrets.
 * @throws WEFT_INVALID_ARGUMENT for a name that is no token (RFC 9110, 5.6.2) or belongs to the connection, a value with
 * CR, LF, NUL or characters beyond latin1, more than 100 headers, or more than 16 KiB
 */
export function parseHeaders(headers: HeaderMap): string[] {
  const flat: string[] = [];
  let bytes = 0;
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value === undefined) continue;
    const key = parseName(name);
    for (const one of Array.isArray(value) ? value : [value]) {
      const text = parseValue(key, one);
      flat.push(key, text);
      bytes += key.length + text.length + 4;
    }
  }
  if (flat.length > 2 * MAX_COUNT) throw invalid(`${flat.length / 2} headers are more than ${MAX_COUNT}`);
  if (bytes > MAX_BYTES) throw invalid(`the headers take ${bytes} bytes, more than ${MAX_BYTES}`);
  return flat;
}

function parseName(name: string): string {
  if (!TOKEN.test(name))
    throw invalid(`header name ${JSON.stringify(name.slice(0, 100))} is no token: expected letters, digits and "-"`);
  const key = name.toLowerCase();
  if (TRANSPORT_ONLY.has(key)) throw invalid(`header "${key}" is set by the transport and cannot be given`);
  return key;
}

function parseValue(name: string, value: unknown): string {
  if (typeof value !== 'string')
    throw invalid(`header "${name}": expected a string, found ${value === null ? 'null' : typeof value}`);
  if (!VALUE.test(value)) throw invalid(`header "${name}": its value holds a control character or one beyond latin1; encode it`);
  return value;
}

function invalid(message: string): WeftError {
  return new WeftError('WEFT_INVALID_ARGUMENT', message);
}
