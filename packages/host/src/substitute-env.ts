import type { Problem } from '@weft/core';
import { isPlainObject } from './normalise-keys.js';
import { joinPath } from './problems.js';

/** Data with its placeholders filled. */
export interface SubstitutedEnv {
  /** A copy with the values in place. */
  readonly data: unknown;
  /** Paths of the texts that consisted of one placeholder and nothing else. */
  readonly fromEnv: ReadonlySet<string>;
  /** A problem for each variable that is not set. */
  readonly problems: readonly Problem[];
}

const PLACEHOLDER = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;
const ONLY_PLACEHOLDER = /^\$\{[^}]*\}$/;

/**
 * Fills `${NAME}` and `${NAME:-default}` in the texts of `data`, as a shell does: an empty variable counts as not set
 * where a default is given. Keys stay as they are, what is filled in is not
 * looked at again, and a text with a variable that is not set is left out.
 */
export function substituteEnv(data: unknown, env: Readonly<Record<string, string | undefined>>): SubstitutedEnv {
  const fromEnv = new Set<string>();
  const problems: Problem[] = [];

  const fill = (text: string, path: string) => {
    if (ONLY_PLACEHOLDER.test(text)) fromEnv.add(path);
    const missing = problems.length;
    const filled = text.replace(PLACEHOLDER, (placeholder, name: string, fallback: string | undefined) => {
      const value = env[name];
      if (value !== undefined && (value !== '' || fallback === undefined)) return value;
      if (fallback !== undefined) return fallback;
      problems.push({
        path,
        message: `${placeholder} is not set in the environment. Set ${name}, or write \${${name}:-default}.`,
      });
      return placeholder;
    });
    return problems.length > missing ? undefined : filled;
  };

  const visit = (value: unknown, path: string): unknown => {
    if (typeof value === 'string') return fill(value, path);
    if (Array.isArray(value)) return value.map((item, at) => visit(item, joinPath(path, at)));
    if (!isPlainObject(value)) return value;
    const entries = Object.entries(value).map(([key, item]) => [key, visit(item, joinPath(path, key))] as const);
    return Object.fromEntries(entries);
  };

  return { data: visit(data, ''), fromEnv, problems };
}
