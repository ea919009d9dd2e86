import { hideSecrets, WeftError } from '@weft/core';

const MAX_BYTES = 8_192;
/** Paths that can neither leave the service nor need encoding: no dot, no percent sign, no second slash at the start. */
const ORDINARY = /^\/(?:[\w~:@!$&'()*+,;=?-][\w~:@!$&'()*+,;=?/-]*)?$/;
const FORBIDDEN = /[\p{Cc}\s\\#]/u;
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;
const TO_ENCODE = /[^!-~]+|["<>^`{|}]/gu;

/**
 * A path and query below the service, as it may go on the wire: characters that a URL cannot hold are percent-encoded,
 * everything that could lead to another host or above the base is refused.
 * @throws WEFT_INVALID_ARGUMENT for absolute URLs, `//host`, backslashes, white space, control characters, fragments,
 * broken escapes, `..` above the base (`%2e` and `%2f` count), and more than 8 KiB
 */
export function parseRequestPath(path: string): string {
  if (typeof path === 'string' && path.length <= MAX_BYTES && ORDINARY.test(path)) return path;
  const problem = problemWith(path);
  if (problem) throw invalid(path, problem);
  const encoded = encode(path);
  if (encoded.length > MAX_BYTES) throw invalid(path, `it is longer than ${MAX_BYTES} bytes`);
  return encoded;
}

function problemWith(path: unknown): string | undefined {
  if (typeof path !== 'string') return `it is ${path === null ? 'null' : typeof path}, not a string`;
  if (path.length > MAX_BYTES) return `it is longer than ${MAX_BYTES} bytes`;
  if (path[0] !== '/') return 'it does not begin with "/"; the host is chosen by discovery';
  if (path[1] === '/') return 'it begins with "//", which names a host';
  if (FORBIDDEN.test(path)) return 'it holds a backslash, "#", white space or a control character; percent-encode what is data';
  if (BROKEN_ESCAPE.test(path)) return 'it holds a "%" without two hex digits; write %25';
  if (leavesBase(path)) return 'its ".." leads above the base of the service';
  return undefined;
}

/** Escaped dots, slashes and backslashes count as what they become in a server that decodes before it resolves. */
function leavesBase(path: string): boolean {
  const end = path.indexOf('?');
  const plain = (end < 0 ? path : path.slice(0, end)).replace(/%2e/gi, '.').replace(/%2f|%5c/gi, '/');
  let depth = 0;
  for (const segment of plain.split('/')) {
    if (segment === '..') depth--;
    else if (segment !== '' && segment !== '.') depth++;
    if (depth < 0) return true;
  }
  return false;
}

function encode(path: string): string {
  try {
    return path.replace(TO_ENCODE, encodeURIComponent);
  } catch {
    throw invalid(path, 'it holds half of a surrogate pair');
  }
}

function invalid(path: unknown, problem: string): WeftError {
  const shown = JSON.stringify(hideSecrets(String(path)).slice(0, 100));
  return new WeftError(
    'WEFT_INVALID_ARGUMENT',
    `path ${shown} is refused: ${problem}. Expected a path below the service such as "/users/1?full=true"`,
  );
}
