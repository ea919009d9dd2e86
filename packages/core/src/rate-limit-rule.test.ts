import { describe, expect, it } from 'vitest';
import { assertRule, type RateLimitRule } from './index.js';

const BUCKET: RateLimitRule = { algorithm: 'token_bucket', perSecond: 0.5, burst: 1 };
const WINDOW: RateLimitRule = { algorithm: 'sliding_window', limit: 1, windowMs: 0.5 };

function refusalOf(rule: object, cost = 1): unknown {
  try {
    return assertRule(rule as RateLimitRule, cost);
  } catch (error) {
    return error;
  }
}

describe('assertRule', () => {
  it('lets every rule pass that can be, and a cost up to its most', () => {
    for (const rule of [BUCKET, WINDOW, { ...BUCKET, burst: 1.5 }]) expect(refusalOf(rule)).toBeUndefined();
    expect(refusalOf(WINDOW, 0.001)).toBeUndefined();
  });

  it.each([
    [{ ...BUCKET, perSecond: 0 }, 1, 'perSecond', '0: expected a number above 0'],
    [{ ...BUCKET, burst: 0.5 }, 1, 'burst', '0.5: expected a number from 1'],
    [{ ...WINDOW, limit: Number.NaN }, 1, 'limit', 'NaN: expected a number from 1'],
    [{ ...WINDOW, windowMs: Number.POSITIVE_INFINITY }, 1, 'windowMs', 'Infinity: expected a number above 0'],
    [WINDOW, -1, 'cost', '-1: expected a number above 0'],
    [BUCKET, 2, 'cost', '2 is more than burst 1: it would never be allowed'],
  ])('refuses %j with cost %d, naming %s and what would be right', (rule, cost, path, message) => {
    const problems = [{ path, message }];
    expect(refusalOf(rule, cost)).toMatchObject({ code: 'WEFT_INVALID_ARGUMENT', problems });
  });

  it('names the algorithm that was probably meant', () => {
    expect(refusalOf({ ...BUCKET, algorithm: 'tokenbucket' })).toMatchObject({
      message: expect.stringContaining('Did you mean "token_bucket"?'),
    });
  });
});
