import { isSecretName } from '@weft/core';

const SECRET_HEADER = /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-api-key)$/i;

/** Whether a key of that name, below the keys `above` (outermost first), holds a secret. */
export type IsSecretKey = (name: string, above: readonly string[]) => boolean;

/**
 * Tells keys that hold secrets: those of the default words, and of `names`: each a key, or a path of keys such as
 * `user.email`, where `*` is any one key. A path counts wherever its keys follow each other; lists between them do not.
 */
export function createSecretKeys(names: readonly string[]): IsSecretKey {
  const lower = names.map((name) => name.toLowerCase());
  const plain = new Set(lower);
  const paths = lower.filter((name) => name.includes('.')).map((name) => name.split('.').reverse());
  return (name, above) => {
    if (isSecretName(name)) return true;
    if (plain.size === 0) return false;
    const key = name.toLowerCase();
    return plain.has(key) || paths.some((path) => path.every((part, up) => isPart(part, up === 0 ? key : above.at(-up))));
  };
}

/** Whether it is a header whose value is secret. */
export function isSecretHeader(name: unknown): boolean {
  return typeof name === 'string' && SECRET_HEADER.test(name);
}

function isPart(part: string, key: string | undefined): boolean {
  return key !== undefined && (part === '*' || part === key.toLowerCase());
}
