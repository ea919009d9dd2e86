import { type CacheRule, type Clock, parseDuration, type RateLimitRule } from '@weft/core';
import { Bulkhead, LatencyQuantile } from '@weft/resilience';
import type { ParsedPolicy } from './parse-policies.js';
import type { FallbackPolicy, MirrorPolicy, RoutePolicy } from './policy.js';
import { rateLimitRule } from './rate-limit-rule.js';
import { parseTimeout, type Settings } from './settings.js';

/** A limit on how often, and under which key it is counted. */
export interface PlannedLimit {
  readonly key: string;
  readonly rule: RateLimitRule;
}

/** When a second try is made. */
export interface PlannedHedge {
  /** Undefined = the p95 of `latency`. */
  readonly delayMs: number | undefined;
  readonly maxTries: number;
  readonly latency: LatencyQuantile;
}

/** How the calls of one route of one service are governed: every policy that bears on them, worked out. */
export interface Plan extends Settings {
  /** The policies in it, the narrowest first; for people. */
  readonly policies: readonly string[];
  /** Template of the route that the narrowest is for; undefined for a whole service. */
  readonly route: string | undefined;
  /** Undefined = as the method says. */
  readonly idempotent: boolean | undefined;
  readonly limit: PlannedLimit | undefined;
  readonly bulkhead: Bulkhead | undefined;
  readonly hedge: PlannedHedge | undefined;
  readonly fallbacks: readonly FallbackPolicy[];
  readonly cache: CacheRule | undefined;
  readonly mirror: Required<MirrorPolicy> | undefined;
  /** Whether anything stands around the tries: else a call has no part in it. */
  readonly isGoverned: boolean;
}

/** What plans share that lives longer than they do: places and latencies by the key of the policy that they come from. */
export class PlanState {
  readonly #bulkheads = new Map<string, Bulkhead>();
  readonly #latencies = new Map<string, LatencyQuantile>();

  /** @param clock of the client: what waits for a place has a deadline on it */
  constructor(
    readonly service: string,
    private readonly clock: Clock,
  ) {}

  /** The bulkhead of a policy, with its limits of now: who is in it stays. */
  bulkhead(parsed: ParsedPolicy): Bulkhead | undefined {
    const { key, policy } = parsed;
    if (!policy.bulkhead) return undefined;
    const known = this.#bulkheads.get(key);
    known?.resize(policy.bulkhead);
    const bulkhead = known ?? new Bulkhead({ ...policy.bulkhead, target: this.nameOf(parsed), clock: this.clock });
    this.#bulkheads.set(key, bulkhead);
    return bulkhead;
  }

  /** What a policy is called here: one for every service is one for each of them. */
  nameOf({ key, service }: ParsedPolicy): string {
    return service === '*' ? `${this.service} ${key}` : key;
  }

  /** The latencies that the p95 of a policy is worked out from. */
  latency(key: string): LatencyQuantile {
    const latency = this.#latencies.get(key) ?? new LatencyQuantile();
    this.#latencies.set(key, latency);
    return latency;
  }
}

/** @param policies those that bear on it, the narrowest first */
export function makePlan(base: Settings, policies: readonly ParsedPolicy[], state: PlanState, invalidates: boolean): Plan {
  const [limited, bounded, hedged] = [by(policies, 'rateLimit'), by(policies, 'bulkhead'), by(policies, 'hedge')];
  const fallback = said(policies, 'fallback');
  const cache = said(policies, 'cache');
  const mirror = said(policies, 'mirror');
  const parts = {
    limit: limited?.policy.rateLimit ? { key: state.nameOf(limited), rule: rateLimitRule(limited.policy.rateLimit) } : undefined,
    bulkhead: bounded && state.bulkhead(bounded),
    fallbacks: fallback ? ((Array.isArray(fallback) ? fallback : [fallback]) as readonly FallbackPolicy[]) : [],
    cache: cache ? cacheRule(cache) : undefined,
  };
  return {
    ...settingsOf(base, policies),
    ...parts,
    policies: policies.map(({ key }) => key),
    route: policies[0]?.route?.pattern.template,
    idempotent: said(policies, 'idempotent'),
    hedge: hedged && plannedHedge(hedged, state),
    mirror: mirror ? { ratio: 1, ...mirror } : undefined,
    isGoverned:
      invalidates || parts.fallbacks.length > 0 || [parts.limit, parts.bulkhead, parts.cache, mirror].some((part) => part),
  };
}

/** The narrowest policy that says something of a member. */
function by(policies: readonly ParsedPolicy[], member: keyof RoutePolicy): ParsedPolicy | undefined {
  return policies.find(({ policy }) => policy[member] !== undefined);
}

function said<Member extends keyof RoutePolicy>(
  policies: readonly ParsedPolicy[],
  member: Member,
): RoutePolicy[Member] | undefined {
  return by(policies, member)?.policy[member];
}

function settingsOf(base: Settings, policies: readonly ParsedPolicy[]): Settings {
  const timeout = said(policies, 'timeout');
  const attemptTimeout = said(policies, 'attemptTimeout');
  const retryDelay = said(policies, 'retryDelay');
  return {
    timeoutMs: timeout === undefined ? base.timeoutMs : parseTimeout(timeout, 'timeout'),
    attemptTimeoutMs: attemptTimeout === undefined ? base.attemptTimeoutMs : parseTimeout(attemptTimeout, 'attemptTimeout'),
    retries: said(policies, 'retries') ?? base.retries,
    maxRetries: said(policies, 'maxRetries') ?? base.maxRetries,
    retryDelayMs: retryDelay === undefined ? base.retryDelayMs : parseDuration(retryDelay, 'retryDelay'),
    throwOnStatus: said(policies, 'throwOnStatus') ?? base.throwOnStatus,
  };
}

function plannedHedge({ key, policy: { hedge } }: ParsedPolicy, state: PlanState): PlannedHedge | undefined {
  if (!hedge) return undefined;
  const { delay, maxTries = 2 } = hedge === true ? {} : hedge;
  return { delayMs: delay === undefined ? undefined : parseDuration(delay, 'delay'), maxTries, latency: state.latency(key) };
}

function cacheRule(cache: true | { readonly ttl?: Parameters<typeof parseDuration>[0] }): CacheRule {
  return cache === true || cache.ttl === undefined ? {} : { ttlMs: parseDuration(cache.ttl, 'ttl') };
}
