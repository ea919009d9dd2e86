import { issuePath, type SchemaIssue } from '@weft/core';
import type { z } from 'zod';
import { innerIssues } from './inner-issues.js';
import { found } from './schema-parts.js';

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'an object',
  boolean: 'true or false',
  number: 'a number',
};

/** What zod says of choices of which none fits, where the schema has no words of its own. */
const SAYS_NOTHING = 'Invalid input';

/**
 * The issues of a driver's schema, of each place the first one only. Where none of several choices fits, zod says no more
 * than that: what the one choice says that was meant, or else what would fit and what was found.
 */
export function toldIssues(issues: readonly SchemaIssue[], given: unknown): readonly SchemaIssue[] {
  const told = issues.flatMap<SchemaIssue>((issue) =>
    isChoice(issue) ? innerIssues(issue).map((one) => said(one, given)) : [issue],
  );
  const places = told.map((issue) => ('keys' in issue ? undefined : issuePath(issue)));
  return told.filter((_, at) => places[at] === undefined || places.indexOf(places[at]) === at);
}

function isChoice(issue: SchemaIssue): issue is z.core.$ZodIssueInvalidUnion {
  return 'code' in issue && issue.code === 'invalid_union' && 'errors' in issue && Array.isArray(issue.errors);
}

function said(issue: SchemaIssue, given: unknown): SchemaIssue {
  if (!isChoice(issue) || issue.message !== SAYS_NOTHING) return issue;
  const kinds = issue.errors
    .flat()
    .flatMap((one) => (one.path.length === 0 && one.code === 'invalid_type' ? [one.expected] : []));
  if (kinds.length === 0) return issue;
  const words = [...new Set(kinds)].map((kind) => WORDS[kind] ?? kind).join(' or ');
  return { path: issue.path, message: `expected ${words}, found ${found(at(given, issue.path))}` };
}

function at(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    given,
  );
}
