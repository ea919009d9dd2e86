import type { ParsedPolicy } from './parse-policies.js';
import { makePlan, type Plan, type PlanState } from './plan.js';
import type { RoutePattern } from './route-pattern.js';
import type { Settings } from './settings.js';

interface RoutePlan {
  readonly service: string;
  readonly method: string;
  readonly pattern: RoutePattern;
  readonly plan: Plan;
}

/** The plans of one service: one for each route that has a policy, and one for all others. */
export class Plans {
  /** Of the service as a whole. */
  readonly whole: Plan;
  /** Those of the service itself before those of every service, then the narrowest first. */
  readonly #routes: readonly RoutePlan[];

  constructor(base: Settings, policies: readonly ParsedPolicy[], state: PlanState) {
    const wide = policies.filter(({ service, route }) => !route && (service === state.service || service === '*'));
    wide.sort((a, b) => isWide(a.service) - isWide(b.service));
    const own = policies.filter(({ service, route }) => route && (service === state.service || service === '*'));
    const isCached = [...wide, ...own].some(({ policy }) => policy.cache);
    this.whole = makePlan(base, wide, state, isCached);
    this.#routes = own
      .flatMap((policy) => {
        const { service, route } = policy;
        return route ? [{ ...route, service, plan: makePlan(base, [policy, ...wide], state, isCached) }] : [];
      })
      .sort(
        (a, b) =>
          isWide(a.service) - isWide(b.service) || b.pattern.weight - a.pattern.weight || isWide(a.method) - isWide(b.method),
      );
  }

  /** The plan of a call. */
  of(method: string, path: string): Plan {
    for (const route of this.#routes) {
      if ((route.method === method || route.method === '*') && route.pattern.matches(path)) return route.plan;
    }
    return this.whole;
  }
}

function isWide(name: string): number {
  return Number(name === '*');
}
