import { METHODS } from 'node:http';
import { nearestName, type Problem, refuseAll } from '@weft/core';
import { checkPolicy } from './check-policy.js';
import { Given } from './given.js';
import { plainCopy } from './plain-copy.js';
import type { Policies, ServicePolicy } from './policy.js';
import { RoutePattern } from './route-pattern.js';

/** A policy with what it is for. */
export interface ParsedPolicy {
  /** As it was written. */
  readonly key: string;
  /** `*` = every service. */
  readonly service: string;
  /** Of one route; undefined for a whole service. */
  readonly route: { readonly method: string; readonly pattern: RoutePattern } | undefined;
  readonly policy: ServicePolicy;
}

const KEY = /^([^\s/]+)(?: ([A-Za-z]+|\*) (\/\S*))?$/;
/** A query, a star that is not the last part, or a part of any name without a name. */
const NO_TEMPLATE = /[?#]|\*.|[^/]\*$|\/:(?:\/|$)/;

/**
 * Checks policies, all of them: one that is wrong makes the whole unusable.
 * @returns copies, so that nothing changes them but the next policies
 * @throws WEFT_CONFIG_INVALID telling everything that is wrong, with its path
 */
export function parsePolicies(policies: Policies): readonly ParsedPolicy[] {
  const problems: Problem[] = [];
  const given = new Given(policies, 'policies', problems);
  const isBlock = given.expect(given.isBlock, 'an object of policies by service or route');
  const parsed = isBlock ? Object.entries(policies).map(([key, policy]) => parsePolicy(key, policy, problems)) : [];
  refuseTwins(parsed, problems);
  refuseAll(problems);
  return parsed.map((one) => ({ ...one, policy: plainCopyOf(one.policy) }));
}

function parsePolicy(key: string, policy: ServicePolicy, problems: Problem[]): ParsedPolicy {
  const given = new Given(policy, pathOf(key), problems);
  const [, service = '', method, template] = KEY.exec(key) ?? [];
  if (!service) given.refuse('expected a service, as "orders", or a route of it, as "orders GET /orders/:id"');
  if (method) refuseUnknownMethod(method.toUpperCase(), given);
  if (template && NO_TEMPLATE.test(template))
    given.refuse(`"${template}" is no path of a route: expected one as "/orders/:id", or "/files/*" for all that follows`);
  if (given.expect(given.isBlock, 'an object')) checkPolicy(given, method?.toUpperCase());
  const route = method && template ? { method: method.toUpperCase(), pattern: new RoutePattern(template) } : undefined;
  return { key, service, route, policy };
}

/** A method that nothing on the wire takes is a slip of the pen: the policy would never hold. */
function refuseUnknownMethod(method: string, given: Given): void {
  if (method === '*' || METHODS.includes(method)) return;
  const nearest = nearestName(method, METHODS);
  given.refuse(`"${method}" is no HTTP method.${nearest ? ` Did you mean "${nearest}"?` : ''}`);
}

/** Of two policies for the same nobody could say which one holds. */
function refuseTwins(policies: readonly ParsedPolicy[], problems: Problem[]): void {
  const keys = new Map<string, string>();
  for (const { key } of policies) {
    const [, service, method = '', template = ''] = KEY.exec(key) ?? [];
    const meant = `${service} ${method.toUpperCase()} ${template.replace(/:[^/]+/g, ':')}`;
    const twin = keys.get(meant);
    if (service && twin !== undefined) problems.push({ path: pathOf(key), message: `says what "${twin}" says, too` });
    keys.set(meant, key);
  }
}

function pathOf(key: string): string {
  return `policies[${JSON.stringify(key)}]`;
}

/** A policy is data even when it brings functions. */
function plainCopyOf(policy: ServicePolicy): ServicePolicy {
  return Object.fromEntries(Object.entries(policy).map(([word, value]) => [word, plainCopy(value)]));
}
