import { virtualClock } from '@weft/conformance';
import { describe, expect, it, vi } from 'vitest';
import { ReadRights } from './read-rights.js';

describe('ReadRights', () => {
  it('checks an empty list, and not again for 30 s', async () => {
    const clock = virtualClock();
    const rights = new ReadRights(clock);
    const check = vi.fn(async () => {});
    for (let second = 0; second < 31; second++) {
      await rights.believes('orders', 0, check);
      await clock.advance(1_000);
    }
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('checks at once when there was something before, and believes only the answer after that', async () => {
    const rights = new ReadRights(virtualClock());
    const check = vi.fn(async () => {});
    const believed: boolean[] = [];
    for (const size of [0, 0, 3, 0, 0]) believed.push(await rights.believes('orders', size, check));
    expect(believed).toEqual([false, true, true, false, true]);
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('believes no list whose check failed, and checks it the next time', async () => {
    const rights = new ReadRights(virtualClock());
    const check = vi.fn(async () => Promise.reject(new Error('denied')));
    for (let time = 0; time < 3; time++) await expect(rights.believes('orders', 0, check)).rejects.toThrow('denied');
    expect(check).toHaveBeenCalledTimes(3);
  });
});
