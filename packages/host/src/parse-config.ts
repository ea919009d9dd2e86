import type { Problem } from '@weft/core';
import type { z } from 'zod';
import { configSchema } from './config-schema.js';
import { innerIssues } from './inner-issues.js';
import { normaliseKeys } from './normalise-keys.js';
import { problemsOf, refuse } from './problems.js';
import type { WeftConfig } from './weft-config.js';
import { withoutPaths } from './without-paths.js';

/** Where the data came from. */
export interface ParseOptions {
  /** Named in the error; `config` unless set. */
  readonly source?: string;
  /** Paths of texts that came from the environment: they become numbers and booleans where such are expected. */
  readonly fromEnv?: ReadonlySet<string>;
  /** Problems that were found before, reported together with the others. */
  readonly problems?: readonly Problem[];
}

/** What can be used of a config, and what is wrong with the rest. */
export interface CheckedConfig<Config> {
  /** Without what is wrong; so that later checks can add what they find. */
  readonly config: Config;
  /** All that is wrong, with paths. */
  readonly problems: readonly Problem[];
  /** Paths of texts that came from the environment, for the options of drivers: of them only their own schemas tell more. */
  readonly fromEnv?: ReadonlySet<string>;
}

/**
 * Checks a config that was read from somewhere. Keys may be in camelCase or in the seed's snake_case; the result is in
 * camelCase. Durations stay as they are written. Everything that is wrong is reported at once.
 * @throws WEFT_CONFIG_INVALID with all `problems`
 */
export function parseConfig(data: unknown, options: ParseOptions = {}): WeftConfig {
  const { config, problems } = checkConfig(configSchema, data, options);
  refuse(options.source ?? 'config', problems);
  return config;
}

/** As `parseConfig`, with any schema, and hands over what is usable instead of throwing. */
export function checkConfig<Config>(
  schema: z.ZodType<Config>,
  data: unknown,
  { fromEnv, problems: earlier = [] }: ParseOptions = {},
): CheckedConfig<Config> {
  const normalised = normaliseKeys(schema, data, fromEnv);
  const before = [...earlier, ...normalised.problems];
  const reported = new Set(before.map(({ path }) => path));
  const { value, issues } = parseRest(schema, normalised.data);
  const found = problemsOf(issues).filter(({ path }) => !reported.has(path));
  return { config: value as Config, problems: [...before, ...found], ...(fromEnv && { fromEnv }) };
}

/** Parses, and when that fails parses what is left without what is wrong, then without its whole blocks, then nothing. */
function parseRest<Config>(schema: z.ZodType<Config>, data: unknown): { value: unknown; issues: z.core.$ZodIssue[] } {
  const first = schema.safeParse(data, { reportInput: true });
  if (first.success) return { value: first.data, issues: [] };
  const issues = first.error.issues.flatMap(innerIssues);
  const leaves = withoutPaths(
    data,
    issues.map(({ path }) => path),
  );
  const second = schema.safeParse(leaves);
  if (second.success) return { value: second.data, issues };
  const blocks = withoutPaths(
    leaves,
    second.error.issues.map(({ path }) => path.slice(0, 1)),
  );
  const third = schema.safeParse(blocks);
  return { value: third.success ? third.data : {}, issues };
}
