import { type RateLimitDecision, type RateLimitRule, type RateLimitStore, systemClock, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { type RateLimitTarget, rateLimitSuite, runSuite } from './index.js';

/** What was taken, by key. */
type Taken = Map<string, { readonly at: number; readonly cost: number }[]>;

/** The smallest store that keeps the contract: it remembers all that was taken, and works everything out anew. */
function openOn(taken: Taken, broken: (store: RateLimitStore) => Partial<RateLimitStore> = () => ({})): RateLimitStore {
  let isClosed = false;
  const store: RateLimitStore = {
    async take(key, rule, { cost = 1 }) {
      if (isClosed) throw new WeftError('WEFT_CLOSED', 'closed');
      assertPossible(rule, cost);
      const now = systemClock.now();
      const past = taken.get(`${rule.algorithm} ${key}`) ?? [];
      const decision = decided(past, rule, cost, now);
      if (decision.allowed) taken.set(`${rule.algorithm} ${key}`, [...past, { at: now, cost }]);
      return decision;
    },
    async close() {
      isClosed = true;
    },
  };
  return { ...store, ...broken(store) };
}

function assertPossible(rule: RateLimitRule, cost: number): void {
  const isBucket = rule.algorithm === 'token_bucket';
  const numbers = isBucket ? [rule.perSecond, rule.burst] : [rule.limit, rule.windowMs];
  const most = isBucket ? rule.burst : rule.limit;
  const isPossible = [...numbers, cost].every((number) => Number.isFinite(number) && number > 0) && most >= 1 && cost <= most;
  if (!isPossible || !/token_bucket|sliding_window/.test(rule.algorithm)) throw new WeftError('WEFT_INVALID_ARGUMENT', 'no rule');
}

function decided(
  past: readonly { at: number; cost: number }[],
  rule: RateLimitRule,
  cost: number,
  now: number,
): RateLimitDecision {
  const isBucket = rule.algorithm === 'token_bucket';
  const left = isBucket ? tokensOf(past, rule, now) : rule.limit - usedIn(past, now - rule.windowMs);
  if (cost <= left) return { allowed: true, remaining: Math.floor(left - cost), retryAfterMs: 0 };
  const waitMs = isBucket
    ? ((cost - left) / rule.perSecond) * 1_000
    : (past.find(({ at }) => rule.limit - usedIn(past, at) >= cost)?.at ?? now) + rule.windowMs - now;
  return { allowed: false, remaining: Math.max(0, Math.floor(left)), retryAfterMs: Math.ceil(waitMs) };
}

function usedIn(past: readonly { at: number; cost: number }[], sinceAt: number): number {
  return past.reduce((sum, { at, cost }) => sum + (at > sinceAt ? cost : 0), 0);
}

function tokensOf(
  past: readonly { at: number; cost: number }[],
  rule: RateLimitRule & { burst: number; perSecond: number },
  now: number,
) {
  let [tokens, since] = [rule.burst, past[0]?.at ?? now];
  for (const { at, cost } of [...past, { at: now, cost: 0 }]) {
    tokens = Math.min(rule.burst, tokens + ((at - since) / 1_000) * rule.perSecond) - cost;
    since = at;
  }
  return Math.max(0, tokens);
}

async function failuresOf(broken: (store: RateLimitStore, taken: Taken) => Partial<RateLimitStore>): Promise<string[]> {
  const taken: Taken = new Map();
  const open = () => openOn(taken, (store) => broken(store, taken));
  const { cases } = await runSuite((runner) => rateLimitSuite(runner, { open }));
  return cases.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
}

describe.concurrent('rateLimitSuite', { timeout: 60_000 }, () => {
  it('passes a store that keeps the contract, and lists what its target does not offer', async () => {
    const taken: Taken = new Map();
    const target: RateLimitTarget = { open: () => openOn(taken), wipe: async () => taken.clear() };
    const report = await runSuite((runner) => rateLimitSuite(runner, target));
    expect(report.cases.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(report.notOffered).toEqual(['restart']);
  });

  it.each<[string, (store: RateLimitStore, taken: Taken) => Partial<RateLimitStore>, string]>([
    ['counts for each client', () => openOn(new Map()), 'counts together what several clients take at once, to the last one'],
    [
      'reads, decides and then writes',
      (_, taken) => ({
        async take(key, rule, options) {
          const found: Taken = new Map([[`${rule.algorithm} ${key}`, taken.get(`${rule.algorithm} ${key}`) ?? []]]);
          await Promise.resolve();
          const decision = await openOn(found).take(key, rule, options);
          for (const [name, past] of found) taken.set(name, past);
          return decision;
        },
      }),
      'counts together what several clients take at once, to the last one',
    ],
    [
      'counts all keys as one',
      (store) => ({ take: (_, rule, options) => store.take('all', rule, options) }),
      'counts each key for itself, whatever its characters',
    ],
    [
      'takes when it refuses',
      (store, taken) => ({
        async take(key, rule, options) {
          const decision = await store.take(key, rule, options);
          const past = taken.get(`${rule.algorithm} ${key}`);
          if (!decision.allowed) past?.push({ at: systemClock.now(), cost: decision.remaining });
          return decision;
        },
      }),
      'takes a cost whole or not at all, and a refusal takes nothing',
    ],
    [
      'counts in windows that begin at full seconds',
      (store) => ({
        take: (key, rule, options) => {
          if (rule.algorithm === 'token_bucket') return store.take(key, rule, options);
          return store.take(`${key} ${Math.floor(systemClock.now() / rule.windowMs)}`, rule, options);
        },
      }),
      'sliding window: never allows more than the limit in any window, whoever asks and wherever it begins (R65)',
    ],
    [
      'gives everything back at once',
      (store) => ({
        take: (key, rule, options) => {
          if (rule.algorithm !== 'token_bucket') return store.take(key, rule, options);
          const { perSecond, burst } = rule;
          const fixed: RateLimitRule = { algorithm: 'sliding_window', limit: burst, windowMs: (burst / perSecond) * 1_000 };
          return store.take(key, fixed, options);
        },
      }),
      'token bucket: gives back steadily, and retryAfterMs is when the same request is allowed',
    ],
    [
      'always says to come back in a second',
      (store) => ({
        async take(key, rule, options) {
          const decision = await store.take(key, rule, options);
          return { ...decision, retryAfterMs: decision.allowed ? 0 : 1_000 };
        },
      }),
      'sliding window: each cost counts until it is as old as the window, and retryAfterMs says when',
    ],
    [
      'lets a cost wait for ever',
      (store) => ({
        take: (key, rule, options) =>
          store.take(key, rule, options).catch((error: unknown) => {
            if (options.cost !== 6) throw error;
            return { allowed: false, remaining: 0, retryAfterMs: 1 };
          }),
      }),
      'refuses with WEFT_INVALID_ARGUMENT a cost that no wait would help, and one that is none; nothing is taken',
    ],
    [
      'works on after it was closed',
      () => ({ close: async () => {} }),
      'refuses every operation after it was closed with WEFT_CLOSED, and may be closed twice',
    ],
  ])('finds out a store that %s', async (_, broken, sentence) => {
    expect(await failuresOf(broken)).toContain(sentence);
  });
});
