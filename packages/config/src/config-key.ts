import { messageOf, WeftError } from '@weft/core';

/** How the text of a value is read. `any` is JSON if it parses, else a string. */
export type ConfigFormat = 'json' | 'yaml' | 'text' | 'any';

const FORMATS: ReadonlyMap<string, ConfigFormat> = new Map([
  ['.json', 'json'],
  ['.yaml', 'yaml'],
  ['.yml', 'yaml'],
  ['.txt', 'text'],
]);
const SUFFIX = /\.(?:json|yaml|yml|txt)$/;

/** The format that a key's suffix names. */
export function formatOf(key: string): ConfigFormat {
  return FORMATS.get(SUFFIX.exec(key)?.[0] ?? '') ?? 'any';
}

/** `database` of `database.json`: the name under which a value is asked for in any format. */
export function withoutSuffix(key: string): string {
  return key.replace(SUFFIX, '');
}

/** The keys under which the value of `key` may be kept, the first that exists being it. */
export function keptUnder(key: string): readonly string[] {
  return formatOf(key) === 'any' ? [key, ...[...FORMATS.keys()].map((suffix) => key + suffix)] : [key];
}

/**
 * `value` as a key: parts joined by `/`, none of them empty, `.` or `..`, without control characters or backslashes.
 * @throws WEFT_INVALID_ARGUMENT when it is none
 */
export function parseConfigKey(value: unknown): string {
  if (typeof value !== 'string') throw invalid(value, 'it is no string');
  for (const char of value)
    if (char < ' ' || char === '\u007f' || char === '\\') throw invalid(value, 'it has a forbidden character');
  const parts = value.split('/');
  if (parts.includes('')) throw invalid(value, 'a part is empty');
  if (parts.includes('..') || parts.includes('.')) throw invalid(value, 'a part is "." or ".."');
  return value;
}

/**
 * What stands before each key: nothing, or a key.
 * @throws WEFT_CONFIG_INVALID when it is neither
 */
export function parseConfigPrefix(value: unknown): string {
  try {
    return value === '' ? '' : parseConfigKey(value);
  } catch (error) {
    const problem = { path: 'config.prefix', message: messageOf(error) };
    throw new WeftError('WEFT_CONFIG_INVALID', `${problem.path}: ${problem.message}`, { cause: error, problems: [problem] });
  }
}

function invalid(value: unknown, reason: string): WeftError {
  const message = `${JSON.stringify(value)} is no config key: ${reason}; expected parts joined by "/", such as "shop/database"`;
  return new WeftError('WEFT_INVALID_ARGUMENT', message, { problems: [{ path: 'key', message }] });
}
