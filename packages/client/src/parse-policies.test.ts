import type { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { parsePolicies } from './parse-policies.js';
import type { Policies } from './policy.js';

/** What is said of policies: `path: message` of every problem. */
function problemsOf(policies: unknown): string[] {
  try {
    parsePolicies(policies as Policies);
    return [];
  } catch (error) {
    const { code, problems = [] } = error as WeftError;
    expect(code).toBe('WEFT_CONFIG_INVALID');
    return problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

const circular: { self?: unknown } = {};
circular.self = circular;

describe('parsePolicies', () => {
  it('takes every member, and a part that is switched off', () => {
    const policies: Policies = {
      users: {
        timeout: '2s',
        attemptTimeout: 500,
        retries: 2,
        maxRetries: 4,
        retryDelay: 0,
        throwOnStatus: true,
        idempotent: false,
        rateLimit: { perSecond: 0.5, burst: 3 },
        bulkhead: { maxConcurrent: 5, maxQueue: 0 },
        hedge: false,
        fallback: [{ value: null, status: 203 }, 'stale', () => 1],
        cache: { ttl: '1m' },
        mirror: { version: '2', ratio: 0.1 },
        loadBalancer: { strategy: 'weighted', options: { weights: { a: 1 }, max_retries: 1 } },
        circuitBreaker: { threshold: 3, timeout: '10s' },
        retryBudget: { ratio: 0, minPerSecond: 1 },
      },
      'users GET /users/:id': { timeout: false, hedge: { delay: '20ms', maxTries: 3 }, rateLimit: { limit: 5, window: '1s' } },
      'users * /files/*': { rateLimit: false, bulkhead: false, fallback: false, cache: false, mirror: false },
      '*': { timeout: Number.POSITIVE_INFINITY, circuitBreaker: false, loadBalancer: 'random' },
    };
    expect(problemsOf(policies)).toEqual([]);
    expect(parsePolicies(policies).map(({ service, route }) => [service, route?.method])).toEqual([
      ['users', undefined],
      ['users', 'GET'],
      ['users', '*'],
      ['*', undefined],
    ]);
  });

  it.each<[string, object, string]>([
    ['a timeout of 0', { timeout: 0 }, 'timeout: a time limit of 0 lets no call succeed'],
    ['a negative timeout', { timeout: -1 }, 'timeout: -1 is not a duration'],
    ['a timeout in nanoseconds', { timeout: 30_000_000_000 }, 'timeout: 30000000000 ms is more than 24 h'],
    ['an endless wait between tries', { retryDelay: Number.POSITIVE_INFINITY }, 'retryDelay: Infinity is not a duration'],
    ['half a retry', { retries: 1.5 }, 'retries: expected a whole number from 0, found 1.5'],
    ['negative retries', { maxRetries: -1 }, 'maxRetries: expected a whole number from 0, found -1'],
    ['a flag that is text', { throwOnStatus: 'yes' }, 'throwOnStatus: expected true or false, found "yes"'],
    ['nothing where a part is expected', { rateLimit: null }, 'rateLimit: expected { perSecond, burst } or { limit, window }'],
    ['a limit of nothing', { rateLimit: {} }, 'rateLimit.perSecond: undefined: expected a number above 0'],
    ['no call per second', { rateLimit: { perSecond: 0 } }, 'rateLimit.perSecond: 0: expected a number above 0'],
    ['endless calls per second', { rateLimit: { perSecond: Infinity } }, 'rateLimit.perSecond: Infinity: expected'],
    ['a burst below 1', { rateLimit: { perSecond: 1, burst: 0.5 } }, 'rateLimit.burst: 0.5: expected a number from 1'],
    ['a window of 0', { rateLimit: { limit: 5, window: 0 } }, 'rateLimit.window: expected a duration above 0'],
    ['an endless window', { rateLimit: { limit: 5, window: Infinity } }, 'rateLimit.window: Infinity is not a duration'],
    ['a window without a limit', { rateLimit: { window: '1s' } }, 'rateLimit.limit: undefined: expected a number from 1'],
    ['two kinds of limit', { rateLimit: { perSecond: 1, limit: 5 } }, 'rateLimit.limit: unknown. Known: perSecond, burst.'],
    ['no place', { bulkhead: { maxConcurrent: 0 } }, 'bulkhead.maxConcurrent: 0: expected a whole number from 1'],
    ['an endless queue', { bulkhead: { maxQueue: Infinity } }, 'bulkhead.maxQueue: Infinity: expected a whole number'],
    ['an unknown word of a bulkhead', { bulkhead: { maxConcurent: 5 } }, 'bulkhead.maxConcurent: unknown.'],
    ['a number for a bulkhead', { bulkhead: 5 }, 'bulkhead: expected { maxConcurrent, maxQueue }, found 5'],
    ['true for a bulkhead', { bulkhead: true }, 'bulkhead: expected { maxConcurrent, maxQueue }, found true'],
    ['a hedge at once', { hedge: { delay: 0 } }, 'hedge.delay: expected a duration above 0, such as "30s", found 0'],
    ['a hedge without a delay', { hedge: { delay: false } }, 'hedge.delay: false is not a duration'],
    ['a hedge that is never made', { hedge: { delay: Infinity } }, 'hedge.delay: Infinity is not a duration'],
    ['a hedge of one', { hedge: { maxTries: 1 } }, 'hedge.maxTries: expected a whole number from 2 to 5, found 1'],
    ['a cache for ever', { cache: { ttl: Infinity } }, 'cache.ttl: Infinity is not a duration'],
    ['a cache for no time', { cache: { ttl: 0 } }, 'cache.ttl: expected a duration above 0'],
    ['a mirror of everything twice', { mirror: { version: '2', ratio: 2 } }, 'mirror.ratio: expected a number above 0, up to 1'],
    ['a mirror of nothing', { mirror: { version: '2', ratio: 0 } }, 'mirror.ratio: expected a number above 0, up to 1'],
    ['a version that is a number', { mirror: { version: 2 } }, 'mirror.version: expected a version as text'],
    ['a fallback that is text', { fallback: 'old' }, 'fallback: expected { value }, "stale", a function, or a list of them'],
    ['a wrong one of several fallbacks', { fallback: ['stale', {}] }, 'fallback[1]: expected { value }, "stale"'],
    [
      'a fallback that cannot be sent',
      { fallback: { value: circular } },
      'fallback.value: Converting circular structure to JSON',
    ],
    ['a status that is none', { fallback: { value: 1, status: 99 } }, 'fallback.status: expected an HTTP status from 200 to 599'],
    ['an unknown strategy', { loadBalancer: 'rond_robin' }, 'loadBalancer.strategy: unknown strategy "rond_robin"'],
    [
      'a negative weight',
      { loadBalancer: { strategy: 'weighted', options: { weights: { a: -1 } } } },
      'loadBalancer.options.weights.a: -1 is not a weight',
    ],
    [
      'a negative share of a version',
      { loadBalancer: { strategy: 'random', options: { split: { 1: 1, 2: -1 } } } },
      'loadBalancer.options.split.2: -1 is not a weight',
    ],
    [
      'negative further instances',
      { loadBalancer: { strategy: 'random', options: { max_retries: -1 } } },
      'loadBalancer.options.max_retries: expected a whole number from 0',
    ],
    ['an unknown word of a balancer', { loadBalancer: { strategy: 'random', option: {} } }, 'loadBalancer.option: unknown.'],
    ['nothing for a balancer', { loadBalancer: null }, 'loadBalancer: expected the name of a strategy'],
    ['a breaker that opens at 0', { circuitBreaker: { threshold: 0 } }, 'circuitBreaker.threshold: 0: expected a whole number'],
    ['an unknown word of a breaker', { circuitBreaker: { treshold: 3 } }, 'circuitBreaker.treshold: unknown.'],
    ['nothing for a breaker', { circuitBreaker: null }, 'circuitBreaker: expected true, false, options'],
    [
      'options of a balancer that are none',
      { loadBalancer: { strategy: 'random', options: 5 } },
      'loadBalancer.options: expected an object of options, found 5',
    ],
    [
      'nothing for the options of a balancer',
      { loadBalancer: { strategy: 'random', options: null } },
      'loadBalancer.options: expected an object of options, found null',
    ],
    [
      'a flag of a breaker that is text',
      { circuitBreaker: { halfOpen: 'false' } },
      'circuitBreaker.halfOpen: "false": expected true',
    ],
    ['nothing for slow calls', { circuitBreaker: { slow: null } }, 'circuitBreaker.slow.threshold: undefined is not a duration'],
    [
      'an unknown word of slow calls',
      { circuitBreaker: { slow: { threshold: '1s', ration: 0.9 } } },
      'circuitBreaker.slow.ration: unknown. Known: threshold, ratio. Did you mean "ratio"?',
    ],
    ['a negative budget', { retryBudget: { ratio: -0.1 } }, 'retryBudget.ratio: expected a number from 0, found -0.1'],
    ['a budget of true', { retryBudget: true }, 'retryBudget: expected { ratio, minPerSecond }, found true'],
    ['a big number where none is expected', { mirror: 1n }, 'mirror: expected { version, ratio }, found 1'],
  ])('refuses %s, saying where and what would be right', (_, policy, message) => {
    const problems = problemsOf({ users: policy });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`policies["users"].${message}`);
  });

  it.each<[string, object, string]>([
    ['a try longer than its call', { timeout: '1s', attemptTimeout: '2s' }, 'attemptTimeout: one try cannot have 2000 ms when'],
    ['more retries than allowed', { retries: 3, maxRetries: 2 }, 'retries: 3 is more than maxRetries allows, which is 2'],
    ['a hedge of what may not be repeated', { hedge: true, idempotent: false }, 'hedge: a call that may not be repeated'],
    ['stale answers without a cache', { fallback: 'stale', cache: false }, 'fallback: "stale" answers come from the cache'],
  ])('refuses what contradicts itself: %s', (_, policy, message) => {
    expect(problemsOf({ users: policy })).toEqual([expect.stringContaining(`policies["users"].${message}`)]);
  });

  it('knows the words of a route from those of a whole service, and says what was probably meant', () => {
    expect(problemsOf({ 'users GET /users': { loadBalancer: 'random', retrys: 1 } })).toEqual([
      'policies["users GET /users"].loadBalancer: goes with a whole service, not with one of its routes',
      expect.stringMatching(/\.retrys: unknown\. Known: timeout, .* Did you mean "retries"\?$/),
    ]);
    expect(problemsOf({ users: { circutBreaker: true } })).toEqual([expect.stringContaining('Did you mean "circuitBreaker"?')]);
    expect(problemsOf({ 'users POST /users': { cache: true } })).toEqual([
      'policies["users POST /users"].cache: answers to POST are never kept, only those to GET and HEAD',
    ]);
  });

  it.each<[unknown, string]>([
    [{ 'users GET': {} }, 'policies["users GET"]: expected a service, as "orders", or a route of it'],
    [{ 'users GET users': {} }, 'policies["users GET users"]: expected a service'],
    [{ '/users/:id': {} }, 'policies["/users/:id"]: expected a service, as "orders", or a route of it'],
    [{ 'users GETT /users': {} }, 'policies["users GETT /users"]: "GETT" is no HTTP method. Did you mean "GET"?'],
    [{ '': {} }, 'policies[""]: expected a service'],
    [{ 'users GET /users?all=1': {} }, '"/users?all=1" is no path of a route'],
    [{ 'users GET /a/*/b': {} }, '"/a/*/b" is no path of a route'],
    [{ 'users GET /a*': {} }, '"/a*" is no path of a route'],
    [{ 'users GET /users/:': {} }, '"/users/:" is no path of a route'],
    [{ 'users GET /u/:id': {}, 'users get /u/:name': {} }, 'says what "users GET /u/:id" says, too'],
    [{ users: [] }, 'policies["users"]: expected an object, found []'],
    [{ users: null }, 'policies["users"]: expected an object, found null'],
    [[], 'policies: expected an object of policies by service or route, found []'],
    ['users', 'policies: expected an object of policies by service or route, found "users"'],
  ])('refuses the key or the shape of %j', (policies, message) => {
    expect(problemsOf(policies)).toEqual([expect.stringContaining(message)]);
  });

  it('tells all that is wrong with all of them at once', () => {
    const problems = problemsOf({ users: { timeout: 0, retries: -1 }, '*': { hedge: 'yes' }, 'a b': {} });
    expect(problems.map((problem) => problem.slice(0, problem.indexOf(': ')))).toEqual([
      'policies["users"].timeout',
      'policies["users"].retries',
      'policies["*"].hedge',
      'policies["a b"]',
    ]);
  });

  it('is not fooled by names that every object has', () => {
    expect(problemsOf(JSON.parse('{ "users": { "constructor": 1, "__proto__": { "timeout": 1 } } }'))).toEqual([
      expect.stringContaining('policies["users"].constructor: unknown.'),
      expect.stringContaining('policies["users"].__proto__: unknown.'),
    ]);
  });

  it('keeps copies: who changes their own object later changes no policy', () => {
    const weights = { 'users-1': 1 };
    const [parsed] = parsePolicies({ users: { loadBalancer: { strategy: 'weighted', options: { weights } } } });
    weights['users-1'] = -1;
    expect(parsed?.policy.loadBalancer).toEqual({ strategy: 'weighted', options: { weights: { 'users-1': 1 } } });
  });
});
