import { type Problem, WeftError } from '../errors.js';
import { issuePath, type SchemaIssue } from '../standard-schema.js';

/** What an error says is wrong with what was given. @throws the error itself when it says nothing of the kind */
export function problemsOf(error: unknown): readonly Problem[] {
  if (!(error instanceof WeftError) || !error.problems) throw error;
  return error.problems;
}

/**
 * What `parse` refuses; none when it takes what it is given. @throws what it throws that is no refusal
 * @param path what it calls the whole: the paths of the problems begin below it
 */
export function problemsIn(path: string, parse: () => unknown): readonly Problem[] {
  try {
    parse();
    return [];
  } catch (error) {
    return problemsOf(error).map((problem) => ({ ...problem, path: problem.path.replace(`${path}.`, '') }));
  }
}

/** What a schema found, as problems of a value that stands at `path`. */
export function schemaProblems(issues: readonly SchemaIssue[], path = ''): Problem[] {
  return issues.map((issue) => {
    const within = issuePath(issue);
    return { path: path && within && !within.startsWith('[') ? `${path}.${within}` : path + within, message: issue.message };
  });
}
