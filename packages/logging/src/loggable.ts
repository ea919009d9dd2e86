import { isSecretName, type LogFields, REDACTED } from '@weft/core';
import { type IsSecretKey, isSecretHeader } from './secret-keys.js';

const RESERVED: ReadonlySet<string> = new Set(['level', 'time', 'msg']);
/** Where a record beside its own name (`{ key: 'db-password', value: 'x' }`) holds what is named. */
const VALUES: ReadonlySet<string> = new Set(['value', 'text']);
const MAX_DEPTH = 6;

/** What makes fields fit for a line. */
export interface LoggableOptions {
  /** Tells keys whose values are not written. */
  readonly isSecretKey: IsSecretKey;
  /** A text without the secrets in it. */
  readonly hide: (text: string) => string;
}

/** Where a value stands: the objects around it, and their keys. */
interface Place {
  readonly above: readonly object[];
  readonly keys: readonly string[];
}

const TOP: Place = { above: [], keys: [] };

/** Adds fields to those of a line, and gives that. */
export type AddFields = (fields: LogFields, line: Record<string, unknown>) => LogFields;

/**
 * Makes fields into plain data that is fit for a line: values of secret keys replaced at any depth, texts without secrets,
 * errors as code, message, stack and cause, circles and what lies deeper than 6 levels cut off. Fields named as a line's own
 * members get a `_` in front. Never throws: what cannot be read is said to be so.
 */
export function createLoggable({ isSecretKey, hide }: LoggableOptions): AddFields {
  /** As a key of a plain object, `__proto__` would be no key at all. */
  const nameOf = (key: string, isOfLine: boolean): string =>
    key === '__proto__' || (isOfLine && RESERVED.has(key)) ? `_${key}` : hide(key);

  const entriesOf = (source: object, place: Place, plain: Record<string, unknown> = {}): LogFields => {
    const isNamed = isNamedSecret(source);
    const isOfLine = place.above.length === 0;
    for (const key of Object.keys(source)) {
      plain[nameOf(key, isOfLine)] = read(source, key, place, isNamed && VALUES.has(key));
    }
    return plain;
  };

  const read = (source: object, key: string, { above, keys }: Place, isSecret: boolean): unknown => {
    try {
      const value = Reflect.get(source, key);
      if ((isSecret || isSecretKey(key, keys)) && tellsSomething(value)) return REDACTED;
      return isObject(value) ? plainOf(value, { above, keys: [...keys, key] }) : leafOf(value);
    } catch {
      return '[unreadable]';
    }
  };

  const leafOf = (value: unknown): unknown =>
    typeof value === 'string' || typeof value === 'bigint' || typeof value === 'symbol' ? hide(String(value)) : value;

  const plainOf = (value: unknown, { above, keys }: Place): unknown => {
    if (!isObject(value)) return leafOf(value);
    if (above.includes(value)) return '[circular]';
    if (above.length >= MAX_DEPTH) return '[too deep]';
    const place = { above: [...above, value], keys };
    if (value instanceof Error) return errorOf(value, place);
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) return value.map((item, at) => (isSecretHeader(value[at - 1]) ? REDACTED : plainOf(item, place)));
    if ('toJSON' in value && typeof value.toJSON === 'function') return plainOf(value.toJSON(), place);
    return entriesOf(value, place);
  };

  const errorOf = (error: Error, place: Place): LogFields => {
    const { name, message, stack, cause } = error;
    const plain: Record<string, unknown> = { name, message: hide(String(message)), ...entriesOf(error, place) };
    if (stack !== undefined) plain.stack = hide(String(stack));
    if (cause !== undefined) plain.cause = plainOf(cause, place);
    if (error instanceof AggregateError) plain.errors = plainOf(error.errors, place);
    return plain;
  };

  return (fields, line) => {
    try {
      return entriesOf(fields, TOP, line);
    } catch {
      return { ...line, fields: '[unreadable]' };
    }
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** That a secret is there, or that it is not, may be told. */
function tellsSomething(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== 'boolean' && typeof value !== 'function';
}

function isNamedSecret(source: object): boolean {
  const { key, name } = source as Readonly<Record<string, unknown>>;
  return [key, name].some((named) => typeof named === 'string' && isSecretName(named));
}
