import { extname, resolve } from 'node:path';
import type { Policies } from '@weft/client';
import { messageOf, type Problem, WeftError } from '@weft/core';
import type { Blueprint } from './blueprint.js';
import { configSchema } from './config-schema.js';
import { checkPolicies } from './govern.js';
import { checkConfig } from './parse-config.js';
import { readConfigFile } from './read-config-file.js';
import { substituteEnv } from './substitute-env.js';

/** The policies of a config, or what is wrong with them. */
export interface ReadPolicies {
  /** Keys in camelCase; none while there are problems. */
  readonly policies: Policies;
  /** All that is wrong, with paths. */
  readonly problems: readonly Problem[];
}

const TEXTS: ReadonlySet<string> = new Set(['.json', '.yaml', '.yml']);

/** The policies of a config and of the file that it names, checked. */
export async function readPolicies({ config, folder, env = process.env }: Blueprint): Promise<ReadPolicies> {
  const { policies = {} } = config;
  const read = typeof policies === 'string' ? await readFileOf(policies, folder, env) : { policies, problems: [] };
  const problems = read.problems.length > 0 ? read.problems : checkPolicies(read.policies, config);
  return problems.length > 0 ? { policies: {}, problems } : { policies: read.policies as Policies, problems };
}

/** The file is data: what only code can say stands in a config that is code. */
async function readFileOf(file: string, folder: string, env: NonNullable<Blueprint['env']>) {
  if (!TEXTS.has(extname(file)))
    return refused(`${JSON.stringify(file)}: a file of policies ends in one of ${[...TEXTS].join(' ')}`);
  try {
    const { data } = await readConfigFile(resolve(folder, file));
    const { fromEnv, ...filled } = substituteEnv({ policies: data }, env);
    return spellPolicies(filled.data, fromEnv, filled.problems);
  } catch (error) {
    if (!(error instanceof WeftError)) throw error;
    const { problems = [{ path: '', message: messageOf(error) }] } = error;
    return refused(problems.map(({ path, message }) => `${file}${path && ` ${path}`}: ${message}`).join('; '));
  }
}

/** Policies with their words as the client spells them, under the path that they have in a config. */
export function spellPolicies(data: unknown, fromEnv?: ReadonlySet<string>, earlier: readonly Problem[] = []) {
  const { config, problems } = checkConfig(configSchema, data, { ...(fromEnv && { fromEnv }), problems: earlier });
  if (typeof config.policies !== 'string') return { policies: config.policies ?? {}, problems };
  return refused(`expected an object of policies by service or route, found ${JSON.stringify(config.policies)}`);
}

function refused(message: string): { readonly policies: Policies; readonly problems: readonly Problem[] } {
  return { policies: {}, problems: [{ path: 'policies', message }] };
}
