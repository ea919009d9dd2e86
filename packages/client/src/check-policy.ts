import { assertRule, type Duration, parseDuration, systemClock, systemRandom } from '@weft/core';
import { Bulkhead } from '@weft/resilience';
import type { Given } from './given.js';
import type { CircuitBreakerOption, LoadBalancerOption } from './part-options.js';
import { balancerFactory, breakerFactory, maxInstances } from './parts.js';
import type { RateLimitPolicy, RoutePolicy, ServicePolicy } from './policy.js';
import { rateLimitRule } from './rate-limit-rule.js';
import { parseCount, parseTimeout } from './settings.js';

/** Refuses what cannot be. @param method of the route, upper case; undefined for a whole service */
export type Check = (given: Given, method: string | undefined) => void;

/** What a service, a route of it, and most of it a client may be told. */
export const OF_ROUTES: Readonly<Record<keyof RoutePolicy, Check>> = {
  timeout: timeLimit,
  attemptTimeout: timeLimit,
  retries: count,
  maxRetries: count,
  retryDelay: (given) => void given.make(() => parseDuration(given.value, 'delay'), 'delay'),
  throwOnStatus: flag,
  idempotent: flag,
  rateLimit: unlessOff(rateLimit),
  bulkhead: unlessOff(bulkhead),
  hedge: unlessOff(hedge),
  fallback: unlessOff(fallback),
  cache: unlessOff(cache),
  mirror: unlessOff(mirror),
};
/** What only a whole service, or a client, may be told. */
export const OF_SERVICES: Readonly<Record<Exclude<keyof ServicePolicy, keyof RoutePolicy>, Check>> = {
  loadBalancer,
  circuitBreaker,
  retryBudget,
};
const OF_BOTH: Readonly<Record<string, Check>> = { ...OF_ROUTES, ...OF_SERVICES };
const BREAKER_WORDS = ['mode', 'threshold', 'window', 'minCalls', 'ratio', 'slow', 'timeout', 'halfOpen', 'probes'];
const BREAKER_PARTS = ['clock', 'random', 'logger', 'onStateChange'];
const PROCESS = { clock: systemClock, random: systemRandom };

/** Refuses what cannot be in a policy. @param method of its route, upper case; undefined for a whole service */
export function checkPolicy(given: Given, method: string | undefined): void {
  const known = Object.keys(method === undefined ? OF_BOTH : OF_ROUTES);
  for (const word of given.words) {
    const member = given.member(word);
    if (known.includes(word)) OF_BOTH[word]?.(member, method);
    else if (Object.hasOwn(OF_SERVICES, word)) member.refuse('goes with a whole service, not with one of its routes');
    else member.refuseWord(word, known);
  }
  refuseContradictions(given, given.value as ServicePolicy);
}

/** What is right each for itself, and not together. */
function refuseContradictions(given: Given, policy: ServicePolicy): void {
  const { timeout, attemptTimeout, retries, maxRetries, idempotent } = policy;
  const [wholeMs, tryMs] = [durationMs(timeout), durationMs(attemptTimeout)];
  if (tryMs > wholeMs)
    given.member('attemptTimeout').refuse(`one try cannot have ${tryMs} ms when the whole call has ${wholeMs} ms`);
  if (Number(retries) > Number(maxRetries))
    given.member('retries').refuse(`${retries} is more than maxRetries allows, which is ${maxRetries}`);
  if (policy.hedge && idempotent === false)
    given.member('hedge').refuse('a call that may not be repeated (idempotent: false) cannot be hedged');
  if (policy.cache === false && listed(policy.fallback).includes('stale'))
    given.member('fallback').refuse('"stale" answers come from the cache, which is off here');
}

/** In ms; NaN, which is neither less nor more than anything, for what is none. */
function durationMs(value: unknown): number {
  try {
    return parseDuration(value);
  } catch {
    return Number.NaN;
  }
}

function unlessOff(check: Check): Check {
  return (given, method) => {
    if (given.value !== false) check(given, method);
  };
}

function timeLimit(given: Given): void {
  given.make(() => parseTimeout(given.value as Duration, 'limit'), 'limit');
}

function count(given: Given): void {
  given.make(() => parseCount(given.value as number, 'count'), 'count');
}

function flag(given: Given): void {
  given.expect(typeof given.value === 'boolean', 'true or false');
}

function duration(given: Given): boolean {
  const ms = given.make(() => parseDuration(given.value, 'duration'), 'duration');
  return ms !== undefined && given.expect(ms > 0, 'a duration above 0, such as "30s"');
}

function numberWithin(given: Given, isRight: (value: number) => boolean, expected: string): void {
  given.expect(typeof given.value === 'number' && isRight(given.value), expected);
}

function rateLimit(given: Given): void {
  const isWindow =
    given.isBlock && !given.words.includes('perSecond') && given.words.some((word) => word === 'limit' || word === 'window');
  if (!given.expectBlock(isWindow ? ['limit', 'window'] : ['perSecond', 'burst'], '{ perSecond, burst } or { limit, window }'))
    return;
  if (isWindow && !duration(given.member('window'))) return;
  given.make(() => assertRule(rateLimitRule(given.value as RateLimitPolicy), 1), '');
}

function bulkhead(given: Given): void {
  if (given.expectBlock(['maxConcurrent', 'maxQueue'])) given.make(() => new Bulkhead(given.value as object), 'bulkhead');
}

function hedge(given: Given): void {
  if (given.value === true || !given.expectBlock(['delay', 'maxTries'], 'true, false or { delay, maxTries }')) return;
  const [delay, maxTries] = [given.member('delay'), given.member('maxTries')];
  if (delay.value !== undefined) duration(delay);
  const isRight = (tries: number) => Number.isInteger(tries) && tries >= 2 && tries <= 5;
  if (maxTries.value !== undefined) numberWithin(maxTries, isRight, 'a whole number from 2 to 5');
}

function cache(given: Given, method: string | undefined): void {
  if (method !== undefined && !['GET', 'HEAD', '*'].includes(method))
    given.refuse(`answers to ${method} are never kept, only those to GET and HEAD`);
  if (given.value === true || !given.expectBlock(['ttl'], 'true, false or { ttl }')) return;
  const ttl = given.member('ttl');
  if (ttl.value !== undefined) duration(ttl);
}

function mirror(given: Given): void {
  if (!given.expectBlock(['version', 'ratio'])) return;
  const [version, ratio] = [given.member('version'), given.member('ratio')];
  version.expect(typeof version.value === 'string' && version.value !== '', 'a version as text, such as "2.0.0"');
  if (ratio.value !== undefined) numberWithin(ratio, (share) => share > 0 && share <= 1, 'a number above 0, up to 1');
}

function fallback(given: Given): void {
  for (const one of given.items) if (one.value !== 'stale' && typeof one.value !== 'function') fallbackValue(one);
}

function fallbackValue(given: Given): void {
  const isValue = given.isBlock && given.words.includes('value');
  if (!given.expect(isValue, '{ value }, "stale", a function, or a list of them')) return;
  given.expectBlock(['value', 'status']);
  const [value, status] = [given.member('value'), given.member('status')];
  value.make(() => JSON.stringify(value.value));
  const isRight = (code: number) => Number.isInteger(code) && code >= 200 && code <= 599;
  if (status.value !== undefined) numberWithin(status, isRight, 'an HTTP status from 200 to 599');
}

function loadBalancer(given: Given): void {
  const { value } = given;
  if (typeof value === 'function' || (given.isBlock && 'pick' in (value as object))) return;
  const expected = 'the name of a strategy, { strategy, options }, a balancer, or what makes one';
  if (typeof value !== 'string' && !given.expectBlock(['strategy', 'options'], expected)) return;
  if (given.isBlock && given.words.includes('options')) {
    const options = given.member('options');
    if (!options.expect(options.isBlock, 'an object of options')) return;
  }
  const option = value as LoadBalancerOption;
  const isRight = given.make(() => maxInstances(option) > 0, 'loadBalancer');
  if (isRight) given.make(() => balancerFactory(option, PROCESS), 'loadBalancer');
}

function circuitBreaker(given: Given): void {
  const { value } = given;
  if (typeof value === 'boolean' || typeof value === 'function' || (given.isBlock && 'tryEnter' in (value as object))) return;
  if (!given.expect(given.isBlock, 'true, false, options, a breaker, or what makes one')) return;
  const words = given.words.filter((word) => !BREAKER_WORDS.includes(word) && !BREAKER_PARTS.includes(word));
  for (const word of words) given.member(word).refuseWord(word, BREAKER_WORDS);
  const slow = given.member('slow');
  if (slow.isBlock) slow.expectBlock(['threshold', 'ratio']);
  given.make(() => breakerFactory(value as CircuitBreakerOption, PROCESS), 'circuitBreaker');
}

function retryBudget(given: Given): void {
  if (!given.expectBlock(['ratio', 'minPerSecond'])) return;
  const isRight = (value: number) => value >= 0 && Number.isFinite(value);
  for (const word of given.words) numberWithin(given.member(word), isRight, 'a number from 0');
}

function listed(fallbacks: ServicePolicy['fallback']): readonly unknown[] {
  return Array.isArray(fallbacks) ? fallbacks : [fallbacks];
}
