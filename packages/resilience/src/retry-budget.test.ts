import { seededRandom } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from './index.js';

/** Runs `seconds` of `callsPerSecond` calls that all fail and want 3 retries each; returns the tries on the wire. */
function outage(budget: RetryBudget, fromMs: number, seconds: number, callsPerSecond: number): number {
  let tries = 0;
  for (let call = 0; call < seconds * callsPerSecond; call++) {
    const nowMs = fromMs + (call * 1_000) / callsPerSecond;
    budget.recordCall(nowMs);
    tries++;
    for (let retry = 0; retry < 3 && budget.tryRetry(nowMs); retry++) tries++;
  }
  return tries;
}

describe('RetryBudget', () => {
  it('keeps the tries of 10 s of failures at 300 calls/s below 1.25 times the calls (R49)', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const budget = new RetryBudget();
      const startAt = seededRandom(seed)() * 1_000_000;
      for (let call = 0; call < 6_000; call++) budget.recordCall(startAt + (call * 1_000) / 300);
      expect(outage(budget, startAt + 20_000, 10, 300) / 3_000, `seed ${seed}`).toBeLessThanOrEqual(1.25);
    }
  });

  it('amplifies less than twice over 3 layers that all retry (R50)', () => {
    const layers = [new RetryBudget(), new RetryBudget(), new RetryBudget()] as const;
    let leafTries = 0;
    const call = (layer: number, nowMs: number): void => {
      const budget = layers[layer];
      if (!budget) {
        leafTries++;
        return;
      }
      budget.recordCall(nowMs);
      call(layer + 1, nowMs);
      for (let retry = 0; retry < 3 && budget.tryRetry(nowMs); retry++) call(layer + 1, nowMs);
    };
    for (let count = 0; count < 3_000; count++) call(0, (count * 1_000) / 300);
    expect(leafTries / 3_000).toBeLessThanOrEqual(2);
  });

  it('allows 3 retries per second to a client that calls rarely', () => {
    const budget = new RetryBudget();
    let allowed = 0;
    for (let second = 0; second < 60; second++) {
      for (let retry = 0; retry < 10; retry++) if (budget.tryRetry(second * 1_000)) allowed++;
    }
    expect(allowed).toBeGreaterThanOrEqual(150);
    expect(allowed).toBeLessThanOrEqual(180 + 30);
  });

  it('fills up again when the window has passed', () => {
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 1, windowMs: 1_000 });
    expect(budget.tryRetry(5_000)).toBe(true);
    expect(budget.tryRetry(5_900)).toBe(false);
    expect(budget.tryRetry(6_100)).toBe(true);
    expect(budget.tryRetry(1_000_000_000)).toBe(true);
  });

  it('refuses what is no share, no number of retries and no time, all at once', () => {
    expect(() => new RetryBudget({ ratio: Number.NaN, minPerSecond: -1, windowMs: 0 })).toThrow(
      expect.objectContaining({
        code: 'WEFT_CONFIG_INVALID',
        problems: [
          { path: 'retryBudget.ratio', message: 'NaN: expected a number from 0' },
          { path: 'retryBudget.minPerSecond', message: '-1: expected a number from 0' },
          { path: 'retryBudget.windowMs', message: '0: expected a duration above 0, such as "30s"' },
        ],
      }),
    );
  });

  it('allows nothing with a ratio and a minimum of 0', () => {
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 0 });
    for (let call = 0; call < 1_000; call++) budget.recordCall(call);
    expect(budget.tryRetry(1_000)).toBe(false);
  });
});
