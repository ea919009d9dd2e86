import { settle, virtualClock } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { QueryRate } from './query-rate.js';

const { signal } = new AbortController();

describe('QueryRate', () => {
  it('lets two queries through at once, then one a second', async () => {
    const clock = virtualClock();
    const rate = new QueryRate(clock);
    const at: number[] = [];
    const spin = async () => {
      for (let query = 0; query < 5; query++) {
        await rate.take(signal);
        at.push(clock.now());
      }
    };
    void spin();
    for (let second = 0; second < 5; second++) {
      await settle();
      await clock.advance(1_000);
    }
    const [first = 0] = at;
    expect(at.map((ms) => ms - first)).toEqual([0, 0, 1_000, 2_000, 3_000]);
  });

  it('does not hold up a query that comes after a while', async () => {
    const clock = virtualClock();
    const rate = new QueryRate(clock);
    for (let query = 0; query < 10; query++) {
      await rate.take(signal);
      await clock.advance(1_000);
    }
    await rate.take(signal);
    expect(clock.now()).toBeGreaterThanOrEqual(10_000);
  });

  it('rejects at once when it is aborted', async () => {
    const rate = new QueryRate(virtualClock());
    await rate.take(signal);
    await rate.take(signal);
    await expect(rate.take(AbortSignal.abort('enough'))).rejects.toBe('enough');
  });
});
