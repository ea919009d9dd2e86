import { nearestName, WeftError } from '@weft/core';

const PARAMETER = /:([A-Za-z_]\w*)/g;

/** Values for the places of a template. */
export type PathParams = Readonly<Record<string, string | number | boolean | bigint>>;

/**
 * A path with every `:name` of `template` replaced by its encoded value: `path('/users/:id', { id: 'a/b' })` is
 * `/users/a%2Fb`.
 * @throws WEFT_INVALID_ARGUMENT when a value is missing, empty, `.` or `..`: each of them would name another path
 */
export function path(template: string, params: PathParams = {}): string {
  return template.replace(PARAMETER, (_, name: string) => encode(template, name, params));
}

function encode(template: string, name: string, params: PathParams): string {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  if (value === undefined || value === null) throw missing(template, name, params);
  const text = String(value);
  if (text === '' || text === '.' || text === '..')
    throw invalid(template, name, `is ${JSON.stringify(text)}, which would name another path`);
  try {
    return encodeURIComponent(text);
  } catch {
    throw invalid(template, name, 'holds half of a surrogate pair');
  }
}

function missing(template: string, name: string, params: PathParams): WeftError {
  const near = nearestName(name, Object.keys(params));
  return invalid(template, name, near ? `is missing. Did you mean it by "${near}"?` : 'is missing');
}

function invalid(template: string, name: string, problem: string): WeftError {
  return new WeftError('WEFT_INVALID_ARGUMENT', `path ${JSON.stringify(template)}: parameter "${name}" ${problem}`);
}
