import type { z } from 'zod';

/**
 * What is wrong inside of the one choice that was meant, in place of "none of the choices": the one that takes this kind
 * of value and finds fault further within. Several of them, or none, leave the issue as it is.
 */
export function innerIssues(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.filter((issues) => issues.length > 0 && issues.every(({ path }) => path.length > 0));
  const [inner, ...others] = meant;
  if (!inner || others.length > 0) return [issue];
  return inner.flatMap((each) => innerIssues({ ...each, path: [...issue.path, ...each.path] }));
}
