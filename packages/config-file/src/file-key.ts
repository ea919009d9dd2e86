import { WeftError } from '@weft/core';

const SUFFIXES = ['.json', '.yaml', '.yml', '.txt'] as const;
const SCRATCH = /^\.|^#.*#$|~$|\.(?:sw[a-z]|tmp|bak|orig)$|^4913$/;

/** Whether a file or folder of this name is an editor's, a half-written one or a hidden one, and so never a value. */
export function isScratch(name: string): boolean {
  return SCRATCH.test(name);
}

/** The keys whose files may hold the value of `key`, the first that exists doing so. */
export function placesOf(key: string): readonly string[] {
  return hasSuffix(key) ? [key] : [key, ...SUFFIXES.map((suffix) => key + suffix)];
}

/** The key whose file a new text is written to: a text that is JSON gets a suffix that says so. */
export function placeFor(key: string, text: string): string {
  return !hasSuffix(key) && isJson(text) ? `${key}.json` : key;
}

/**
 * `key` itself, a path that cannot leave the folder.
 * @throws WEFT_INVALID_ARGUMENT when it is none, or names a file that is never read
 */
export function parseFileKey(key: string): string {
  const isBad = (part: string) => part === '' || isScratch(part) || part.includes('\\') || part.includes('\0');
  if (!key.split('/').some(isBad)) return key;
  const expected = 'expected parts joined by "/", none empty, hidden, or named as an editor names its temporary files';
  throw new WeftError('WEFT_INVALID_ARGUMENT', `${JSON.stringify(key)} cannot be kept as a file: ${expected}`);
}

function hasSuffix(key: string): boolean {
  return SUFFIXES.some((suffix) => key.endsWith(suffix));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
