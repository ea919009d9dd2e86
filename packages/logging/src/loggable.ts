import type { LogFields } from '@weft/core';

/** Names of keys whose values are never written, in any case of letters. */
export const DEFAULT_REDACTED: readonly string[] = ['authorization', 'cookie', 'set-cookie', 'password', 'token', 'secret'];

const REDACTED = '[redacted]';
const RESERVED: ReadonlySet<string> = new Set(['level', 'time', 'msg']);
const MAX_DEPTH = 6;

/**
 * Makes fields into plain data that is fit for a line: values of secret keys replaced at any depth, errors as code,
 * message, stack and cause, circles and what lies deeper than 6 levels cut off. Fields named as a line's own members get
 * a `_` in front. Never throws: what cannot be read is said to be so.
 */
export function createLoggable(redacted: readonly string[]): (fields: LogFields) => LogFields {
  const secret = new Set(redacted.map((name) => name.toLowerCase()));

  const entriesOf = (source: object, above: readonly object[]): LogFields => {
    const plain: Record<string, unknown> = Object.create(null);
    for (const key of Object.keys(source)) {
      plain[key] = secret.has(key.toLowerCase()) ? REDACTED : read(source, key, above);
    }
    return plain;
  };

  const read = (source: object, key: string, above: readonly object[]): unknown => {
    try {
      return plainOf(Reflect.get(source, key), above);
    } catch {
      return '[unreadable]';
    }
  };

  const plainOf = (value: unknown, above: readonly object[]): unknown => {
    if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
    if (typeof value !== 'object' || value === null) return value;
    if (above.includes(value)) return '[circular]';
    if (above.length >= MAX_DEPTH) return '[too deep]';
    const path = [...above, value];
    if (value instanceof Error) return errorOf(value, path);
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) return value.map((item) => plainOf(item, path));
    if ('toJSON' in value && typeof value.toJSON === 'function') return plainOf(value.toJSON(), path);
    return entriesOf(value, path);
  };

  const errorOf = (error: Error, path: readonly object[]): LogFields => {
    const { name, message, stack, cause } = error;
    const plain: Record<string, unknown> = { name, message, ...entriesOf(error, path), stack };
    if (cause !== undefined) plain.cause = plainOf(cause, path);
    return plain;
  };

  return (fields) => {
    const plain = entriesOf(fields, []);
    if (!Object.keys(plain).some((key) => RESERVED.has(key))) return plain;
    return Object.fromEntries(Object.entries(plain).map(([key, value]) => [RESERVED.has(key) ? `_${key}` : key, value]));
  };
}
