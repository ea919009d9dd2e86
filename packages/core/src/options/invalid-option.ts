import { type Problem, WeftError } from '../errors.js';

/** The refusal of an option: where it stands, and what is wrong with it. */
export function invalidOption(path: string, message: string): WeftError {
  return invalidOptions([{ path, message }]);
}

/** The refusal of options: all that is wrong at once, a line each. */
export function invalidOptions(problems: readonly Problem[]): WeftError {
  const lines = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  return new WeftError('WEFT_CONFIG_INVALID', lines.join('\n'), { problems });
}

/** @throws WEFT_CONFIG_INVALID telling all problems, when there are any */
export function refuseAll(problems: readonly Problem[]): void {
  if (problems.length > 0) throw invalidOptions(problems);
}
