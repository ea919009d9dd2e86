import type { CircuitBreaker, LoadBalancer, RateLimitStore } from '@weft/core';
import { z } from 'zod';

/** A ready-made part where words may stand too; known by its members, so that one of another copy of its package will do. */
export function instance<T>(isIt: (value: object) => boolean): z.ZodCustom<T, T> {
  return z.custom<T>((value) => (typeof value === 'object' || typeof value === 'function') && value !== null && isIt(value));
}

/** A balancer. */
export const givenBalancer = instance<LoadBalancer | (() => LoadBalancer)>(
  (value) => typeof value === 'function' || 'pick' in value,
);

/** A breaker, or what makes one for each service. */
export const givenBreaker = instance<CircuitBreaker | (() => CircuitBreaker)>(
  (value) => typeof value === 'function' || 'tryEnter' in value,
);

/** Where limits are counted. */
export const aRateLimitStore = instance<RateLimitStore>(isRateLimitStore);

/** Whether limits can be counted in it. */
export function isRateLimitStore(value: unknown): value is RateLimitStore {
  return typeof value === 'object' && value !== null && 'take' in value;
}
