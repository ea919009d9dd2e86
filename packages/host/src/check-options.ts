import type { Driver, Problem } from '@weft/core';
import { type JsonSchema, jsonSchemaOf, propertiesOf } from './json-schema.js';
import { joinPath, problemsOf } from './problems.js';
import { spellOptions } from './spell-options.js';
import { toldIssues } from './told-issues.js';

/** Options as the driver's schema gives them, or what is wrong with them. */
export type CheckedOptions = { readonly options: unknown } | { readonly problems: readonly Problem[] };

/** Where options stand in a config. */
interface OptionsPlace {
  /** Their path. */
  readonly path: string;
  /** Keys that stand beside them and belong to the host, for hints. */
  readonly hostKeys: readonly string[];
  /** Paths of texts of the config that came from the environment. */
  readonly fromEnv?: ReadonlySet<string>;
}

/** Options through the driver's own schema, spelled as that says which it has. */
export async function checkOptions(
  driver: Driver,
  given: Readonly<Record<string, unknown>>,
  { path, hostKeys, fromEnv = new Set() }: OptionsPlace,
): Promise<CheckedOptions> {
  const described = jsonSchemaOf(driver.options) ?? {};
  const named = spellOptions(described, given, path, fromEnv);
  const result = await driver.options['~standard'].validate(named);
  if (!result.issues) return { options: result.value };
  const issues = toldIssues(result.issues, named);
  const knownAt = (keys: readonly PropertyKey[]) => [...namesAt(described, keys), ...(keys.length === 0 ? hostKeys : [])];
  return {
    problems: problemsOf(issues, path, knownAt).map((problem) => fromDriver(problem, driver, path)),
  };
}

/** A problem with no place in the options still names the driver that has it. */
function fromDriver(problem: Problem, driver: Driver, path: string): Problem {
  return problem.path === path
    ? { path: joinPath(path), message: `${driver.slot} "${driver.name}": ${problem.message}` }
    : problem;
}

/** The names of the keys that a schema takes at a place; none when it does not say them. */
function namesAt(schema: JsonSchema, [key, ...inner]: readonly PropertyKey[]): readonly string[] {
  const choices = [schema, ...(Array.isArray(schema.anyOf) ? (schema.anyOf as readonly JsonSchema[]) : [])].map(propertiesOf);
  if (key === undefined) return choices.flatMap((properties) => Object.keys(properties));
  return choices.flatMap((properties) => namesAt(properties[String(key)] ?? {}, inner));
}
