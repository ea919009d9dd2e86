import type { Policies } from '@weft/client';
import type { Problem, StandardSchemaV1 } from '@weft/core';
import { spellPolicies } from './read-policies.js';

/** The key of the config center, below its prefix. */
export const POLICIES_KEY = 'policies';

/**
 * What the config center may say of policies: in camelCase or snake_case.
 * @param check what is wrong with them; none = they are accepted
 */
export function policiesSchema(check: (policies: Policies) => readonly Problem[]): StandardSchemaV1<unknown, Policies> {
  const validate = (value: unknown) => {
    const { policies, problems } = spellPolicies({ policies: value });
    const found = problems.length > 0 ? problems : check(policies);
    return found.length > 0 ? { issues: found.map(issueOf) } : { value: policies };
  };
  return { '~standard': { version: 1, vendor: 'weft', validate } };
}

/** The config client puts the key before it. */
function issueOf({ path, message }: Problem) {
  const within = path.slice(POLICIES_KEY.length).replace(/^\./, '');
  return within ? { message, path: [within] } : { message };
}
