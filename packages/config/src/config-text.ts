import { messageOf, WeftError } from '@weft/core';
import { parseDocument, stringify } from 'yaml';
import { formatOf } from './config-key.js';
import { sealed } from './sealed.js';

/**
 * The value that `text` under `key` stands for, frozen to its depth because all readers share it. The key's suffix tells
 * the format; without one it is JSON if it parses, else a string. Never YAML by content, where `no` would be false.
 * @throws WEFT_CONFIG_INVALID with where it stops being right, never with a piece of the text: it may hold a secret
 */
export function parseConfigText(key: string, text: string): unknown {
  const format = formatOf(key);
  if (format === 'text') return text;
  if (format === 'yaml') return sealed(parseYaml(key, text));
  try {
    return sealed(JSON.parse(text));
  } catch (error) {
    if (format === 'any') return text;
    throw invalid(key, `not valid JSON: ${messageOf(error).replace(/,? (?:\.\.\.)?".*$/s, '')}`);
  }
}

/**
 * The text under which `value` is kept, in the format of the key's suffix, else as JSON.
 * @throws WEFT_INVALID_ARGUMENT when the format cannot hold the value
 */
export function formatConfigText(key: string, value: unknown): string {
  const format = formatOf(key);
  if (format === 'text') {
    if (typeof value === 'string') return value;
    throw new WeftError('WEFT_INVALID_ARGUMENT', `${key} holds text: expected a string, got ${typeof value}`);
  }
  const text = written(key, () => (format === 'yaml' ? stringify(JSON.parse(json(value))) : json(value)));
  return text.endsWith('\n') ? text : `${text}\n`;
}

function json(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  if (typeof text !== 'string') throw new TypeError(`${typeof value} has no JSON form`);
  return text;
}

function written(key: string, write: () => string): string {
  try {
    return write();
  } catch (error) {
    throw new WeftError('WEFT_INVALID_ARGUMENT', `the value for ${key} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

function parseYaml(key: string, text: string): unknown {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw invalid(key, `not valid YAML: ${error.code}${placeOf(error.linePos?.[0])}`);
  try {
    return document.toJS();
  } catch {
    throw invalid(key, 'not valid YAML: its aliases cannot be resolved');
  }
}

function placeOf(position: { line: number; col: number } | undefined): string {
  return position ? ` at line ${position.line}, column ${position.col}` : '';
}

function invalid(key: string, message: string): WeftError {
  return new WeftError('WEFT_CONFIG_INVALID', `${key}: ${message}`, { problems: [{ path: key, message }] });
}
