import { seededRandom, virtualClock } from '@weft/conformance';
import type { RateLimitRule } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { memoryRateLimits, RateLimitMemory } from './index.js';

const BUCKET: RateLimitRule = { algorithm: 'token_bucket', perSecond: 50, burst: 10 };
const WINDOW: RateLimitRule = { algorithm: 'sliding_window', limit: 20, windowMs: 400 };

/** Takes at random instants for `forMs`, in bursts and with pauses; the instants of what was allowed. */
async function hammer(rule: RateLimitRule, seed: number, forMs: number): Promise<readonly number[]> {
  const [clock, random] = [virtualClock(), seededRandom(seed)];
  const memory = new RateLimitMemory({ clock });
  const allowed: number[] = [];
  for (let nowMs = 0; nowMs < forMs; nowMs += random() < 0.05 ? 300 * random() : 8 * random()) {
    if (memory.tryTake('key', rule, 1, nowMs).allowed) allowed.push(nowMs);
  }
  return allowed;
}

function mostWithin(allowed: readonly number[], lengthMs: number): number {
  return Math.max(...allowed.map((from) => allowed.filter((at) => at >= from && at < from + lengthMs).length));
}

describe('RateLimitMemory', () => {
  it('token bucket: never allows more than rate x time + burst in any span (R65)', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const allowed = await hammer(BUCKET, seed, 20_000);
      for (const lengthMs of [10, 100, 500, 2_000]) {
        expect(mostWithin(allowed, lengthMs), `seed ${seed}, ${lengthMs} ms`).toBeLessThanOrEqual(10 + lengthMs * 0.05);
      }
      expect(allowed.length, `seed ${seed}`).toBeGreaterThan(700);
    }
  });

  it('sliding window: never allows more than the limit in any window (R65)', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const allowed = await hammer(WINDOW, seed, 20_000);
      expect(mostWithin(allowed, 400 - 1e-6), `seed ${seed}`).toBeLessThanOrEqual(20);
      expect(allowed.length, `seed ${seed}`).toBeGreaterThan(700);
    }
  });

  it('allows after retryAfterMs what it refused, and not a ms sooner', async () => {
    for (const rule of [BUCKET, WINDOW]) {
      const clock = virtualClock();
      const memory = new RateLimitMemory({ clock });
      while (memory.tryTake('key', rule).allowed) await clock.advance(1);
      const { retryAfterMs } = memory.tryTake('key', rule);
      await clock.advance(retryAfterMs - 1);
      expect(memory.tryTake('key', rule).allowed).toBe(false);
      await clock.advance(1);
      expect(memory.tryTake('key', rule).allowed).toBe(true);
    }
  });

  it('holds a window of 100,000 in bounded memory, and still allows no more than that', () => {
    const rule: RateLimitRule = { algorithm: 'sliding_window', limit: 100_000, windowMs: 60_000 };
    const memory = new RateLimitMemory({ clock: virtualClock() });
    let allowed = 0;
    for (let at = 0; at < 150_000; at++) if (memory.tryTake('key', rule, 1, at / 3).allowed) allowed++;
    expect(allowed).toBe(100_000);
    expect(memory.tryTake('key', rule, 1, 59_999).allowed).toBe(false);
    expect(memory.tryTake('key', rule, 1, 60_100).allowed).toBe(true);
  });

  it('forgets keys that are as if they had never been used', async () => {
    const clock = virtualClock();
    const memory = new RateLimitMemory({ clock });
    for (let key = 0; key < 1_000; key++) memory.tryTake(`key ${key}`, BUCKET);
    await clock.advance(1_000);
    for (let time = 0; time < 10_000; time++) memory.tryTake('other', WINDOW);
    expect(memory.size).toBeLessThan(10);
  });

  it('holds at most maxKeys, and keeps those that have used up their limit', () => {
    const memory = new RateLimitMemory({ maxKeys: 100, clock: virtualClock() });
    const rule: RateLimitRule = { algorithm: 'token_bucket', perSecond: 1, burst: 1_000 };
    for (const key of ['a', 'b', 'c']) memory.tryTake(key, rule, 1_000);
    for (let key = 0; key < 10_000; key++) memory.tryTake(`key ${key}`, rule);
    expect(memory.size).toBe(100);
    for (const key of ['a', 'b', 'c']) expect(memory.tryTake(key, rule).allowed).toBe(false);
  });

  it('refuses a maxKeys that is none, and a rule that cannot be before it counts', () => {
    expect(() => new RateLimitMemory({ maxKeys: 0 })).toThrow('rateLimit.maxKeys: 0: expected a whole number from 1');
    const memory = new RateLimitMemory();
    expect(() => memory.tryTake('key', { ...BUCKET, perSecond: -1 } as RateLimitRule)).toThrow('perSecond');
    expect(memory.size).toBe(0);
  });
});

describe('memoryRateLimits', () => {
  it('decides at once with tryTake, together with take', async () => {
    const limits = memoryRateLimits({ clock: virtualClock() });
    const { signal } = new AbortController();
    expect(await limits.take('key', BUCKET, { signal, cost: 4 })).toMatchObject({ remaining: 6 });
    expect(limits.tryTake('key', BUCKET, 6)).toEqual({ allowed: true, remaining: 0, retryAfterMs: 0 });
    await limits.close();
    expect(() => limits.tryTake('key', BUCKET)).toThrow('closed');
  });

  it('takes nothing for who waits no more', async () => {
    const limits = memoryRateLimits();
    const signal = AbortSignal.abort();
    await expect(limits.take('key', BUCKET, { signal })).rejects.toMatchObject({ code: 'WEFT_CANCELLED' });
    expect(limits.tryTake('key', BUCKET).remaining).toBe(9);
  });
});
