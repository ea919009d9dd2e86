import { type StandardSchemaV1, WeftError } from '@weft/core';
import { isNamed } from './name-pattern.js';
import { secretFieldsOf } from './secret.js';

/** What stands in place of a secret. */
export const REDACTED = '[redacted]';

const USUAL = ['*password*', '*passphrase*', '*secret*', '*token*', '*credential*', '*api*key*', '*private*key*'];

/**
 * Which values are not to be shown: those whose path ends like one of the patterns, and those of a key that was read with
 * a schema marked by `secret`. A path is the parts of the key and the names of the fields; places in lists do not count.
 */
export class Secrets {
  private readonly patterns: readonly (readonly string[])[];
  private readonly marked = new Map<string, readonly (readonly string[])[]>();

  /**
   * @param given patterns such as `database.password` or `*.pin`, beside what sounds like a secret anyway
   * @throws WEFT_CONFIG_INVALID when one is none
   */
  constructor(given: readonly string[] = []) {
    this.patterns = [...USUAL, ...given].map(parsePattern);
  }

  /** Takes over what a schema says about the value of a key. */
  mark(key: string, schema: StandardSchemaV1): void {
    const fields = secretFieldsOf(schema);
    if (fields)
      this.marked.set(
        key,
        fields.map((field) => (field === '' ? [] : field.split('.'))),
      );
  }

  /** Whether the value at `path` within the value of `key`, or one around it, is a secret. */
  isSecret(key: string, path: readonly string[]): boolean {
    return [...path, ''].some((_, length) => this.isSecretItself(key, path.slice(0, length)));
  }

  /** A copy of the value of `key` with its secrets hidden, at any depth. */
  redacted(key: string, value: unknown): unknown {
    return this.copied(key, value, []);
  }

  private copied(key: string, value: unknown, path: readonly string[]): unknown {
    if (value === undefined) return undefined;
    if (this.isSecretItself(key, path)) return REDACTED;
    if (Array.isArray(value)) return value.map((item) => this.copied(key, item, path));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([name, inner]) => [name, this.copied(key, inner, [...path, name])] as const);
    return Object.fromEntries(members);
  }

  private isSecretItself(key: string, path: readonly string[]): boolean {
    const names = [...key.split('/'), ...path];
    if (this.patterns.some((pattern) => pattern.length <= names.length && isLike(names.slice(-pattern.length), pattern)))
      return true;
    return this.marked.get(key)?.some((pattern) => isLike(path, pattern)) ?? false;
  }
}

/** `value` without what sounds like a secret or is one of `secrets`, patterns such as `database.password` or `*.pin`. */
export function redacted(value: unknown, secrets: readonly string[] = []): unknown {
  return new Secrets(secrets).redacted('', value);
}

function isLike(names: readonly string[], pattern: readonly string[]): boolean {
  return names.length === pattern.length && pattern.every((part, at) => isNamed(names[at] ?? '', part));
}

function parsePattern(given: unknown): readonly string[] {
  const parts = typeof given === 'string' ? given.split('.') : [''];
  if (!parts.includes('')) return parts;
  const message = `${JSON.stringify(given)} names nothing; expected names joined by ".", such as "database.password" or "*.pin"`;
  throw new WeftError('WEFT_CONFIG_INVALID', `config.secrets: ${message}`, { problems: [{ path: 'config.secrets', message }] });
}
