import { type Policies, parsePolicies, type ServicePolicy } from '@weft/client';
import { type Problem, problemsOf } from '@weft/core';
import { isPlainObject } from './normalise-keys.js';
import type { WeftConfig } from './weft-config.js';

/**
 * The policies that govern a client: those of its config, over them key by key those of the config center, and under all
 * of them the cache, when it is switched on.
 */
export function govern(own: Policies, center: Policies, isCached: boolean): Policies {
  const all: Policies = { ...own, ...center };
  return isCached ? { ...all, '*': { cache: true, ...all['*'] } } : all;
}

/** Whether the `cache` block is there and not switched off. */
export function isCaching({ cache }: Pick<WeftConfig, 'cache'>): boolean {
  return typeof cache === 'object' ? cache.enabled !== false : cache === true;
}

/** What is wrong with policies: what the client says of them, and what they need that the config does not have. */
export function checkPolicies(policies: unknown, { cache }: Pick<WeftConfig, 'cache'>): readonly Problem[] {
  try {
    parsePolicies(policies as Policies);
  } catch (error) {
    return problemsOf(error);
  }
  return cache === undefined ? Object.entries(policies as Policies).flatMap(uncached) : [];
}

function uncached([key, { cache, fallback }]: [string, ServicePolicy]): Problem[] {
  const path = `policies[${JSON.stringify(key)}]`;
  const message = 'needs a cache, and there is none: switch it on with "cache: true" in the config';
  const isStale = Array.isArray(fallback) ? fallback.includes('stale') : fallback === 'stale';
  return [
    ...(cache === true || isPlainObject(cache) ? [{ path: `${path}.cache`, message }] : []),
    ...(isStale ? [{ path: `${path}.fallback`, message: `"stale" ${message}` }] : []),
  ];
}
