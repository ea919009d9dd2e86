import type { Driver, Problem, StandardSchemaV1 } from '@weft/core';
import { jsonSchemaOf, propertiesOf } from './json-schema.js';
import { camelCase } from './normalise-keys.js';
import { joinPath, problemsOf } from './problems.js';

/** Options as the driver's schema gives them, or what is wrong with them. */
export type CheckedOptions = { readonly options: unknown } | { readonly problems: readonly Problem[] };

/** Options through the driver's own schema. Keys in snake_case become the schema's, where it says which it has. */
export async function checkOptions(
  driver: Driver,
  given: Readonly<Record<string, unknown>>,
  { path, hostKeys }: { readonly path: string; readonly hostKeys: readonly string[] },
): Promise<CheckedOptions> {
  const names = optionNames(driver.options);
  const entries = Object.entries(given).map(([key, value]) => [nameOf(key, names), value] as const);
  const result = await driver.options['~standard'].validate(Object.fromEntries(entries));
  if (!result.issues) return { options: result.value };
  return {
    problems: problemsOf(result.issues, path, [...names, ...hostKeys]).map((problem) => fromDriver(problem, driver, path)),
  };
}

function nameOf(key: string, names: readonly string[]): string {
  return !names.includes(key) && names.includes(camelCase(key)) ? camelCase(key) : key;
}

/** A problem with no place in the options still names the driver that has it. */
function fromDriver(problem: Problem, driver: Driver, path: string): Problem {
  return problem.path === path
    ? { path: joinPath(path), message: `${driver.slot} "${driver.name}": ${problem.message}` }
    : problem;
}

/** The names of a schema's keys; none when it does not say them. */
function optionNames(schema: StandardSchemaV1): readonly string[] {
  return Object.keys(propertiesOf(jsonSchemaOf(schema) ?? {}));
}
