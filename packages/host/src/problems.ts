import { isAbsolute, relative } from 'node:path';
import { type ErrorCode, hideSecrets, type Problem, type SchemaIssue, WeftError } from '@weft/core';
import { unknownKeyMessage } from './schema-parts.js';

/** A problem that knows which kind of failure it is. */
export interface CodedProblem extends Problem {
  /** `WEFT_CONFIG_INVALID` unless set. */
  readonly code?: ErrorCode;
}

/** Kinds of failure, the first one that is there names the whole. */
const RANK: readonly ErrorCode[] = ['WEFT_CONFIG_INVALID', 'WEFT_PLUGIN_INVALID', 'WEFT_PLUGIN_NOT_INSTALLED'];

/**
 * One error out of all that is wrong; its message lists `path: what, expected` line by line under the name of the source. What looks
 * like a secret in what was found is not shown.
 */
export function errorOf(source: string, problems: readonly CodedProblem[], cause?: unknown): WeftError {
  const codes = new Set(problems.map(({ code }) => code ?? 'WEFT_CONFIG_INVALID'));
  const code = RANK.find((each) => codes.has(each)) ?? 'WEFT_CONFIG_INVALID';
  const bare = problems.map(({ path, message }) => ({ path, message: hideSecrets(message) }));
  const message =
    code === 'WEFT_PLUGIN_NOT_INSTALLED' ? bare.map((problem) => problem.message).join('\n') : listed(code, source, bare);
  return new WeftError(code, message, cause === undefined ? { problems: bare } : { problems: bare, cause });
}

/** Throws all problems as one error, if there are any. @throws WEFT_CONFIG_INVALID WEFT_PLUGIN_INVALID WEFT_PLUGIN_NOT_INSTALLED */
export function refuse(source: string, problems: readonly CodedProblem[], cause?: unknown): void {
  if (problems.length > 0) throw errorOf(source, problems, cause);
}

/** What a schema found, as problems below `path`; `knownAt` tells the keys it would have taken at a place, for hints. */
export function problemsOf(
  issues: readonly SchemaIssue[],
  path = '',
  knownAt: (keys: readonly PropertyKey[]) => readonly string[] = () => [],
): Problem[] {
  return issues.flatMap((issue) => {
    const at = joinPath(path, ...keysOf(issue));
    const unknown = 'keys' in issue && Array.isArray(issue.keys) ? issue.keys.map(String) : undefined;
    if (!unknown) return [{ path: at, message: issue.message }];
    const names = knownAt(keysOf(issue));
    return unknown.map((key) => ({
      path: joinPath(at, key),
      message: names.length > 0 ? unknownKeyMessage(key, names) : 'unknown key.',
    }));
  });
}

/** `a.b[0]` from a start and keys. */
export function joinPath(start: string, ...keys: readonly PropertyKey[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    return path ? `${path}.${String(key)}` : String(key);
  }, start);
}

function keysOf(issue: SchemaIssue): PropertyKey[] {
  return (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
}

function listed(code: ErrorCode, source: string, problems: readonly Problem[]): string {
  const file = isAbsolute(source) ? relative(process.cwd(), source) : source;
  const lines = problems.map(({ path, message }) => `  ${path ? `${path}: ` : ''}${message}`);
  return [`${code}  ${file.startsWith('..') ? source : file}`, ...lines].join('\n');
}
