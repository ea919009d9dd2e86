import { virtualClock } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { eventLoopCheck } from './event-loop-check.js';

describe('eventLoopCheck', () => {
  it('passes while the loop turns', async () => {
    const clock = virtualClock();
    const check = eventLoopCheck({ maxDelay: '500ms', clock });
    for (let second = 0; second < 30; second++) {
      await check();
      await clock.advance(1_000);
    }
  });

  it('fails once when it was blocked since it was last asked, and says for how long', async () => {
    const clock = virtualClock();
    let blockedMs = 0;
    const check = eventLoopCheck({ maxDelay: '500ms', clock: { ...clock, now: () => clock.now() + blockedMs } });
    await check();
    blockedMs = 5_000;
    await clock.advance(10_000);
    const reason = 'event loop: blocked for 5000 ms, more than 500 ms';
    await expect(check()).rejects.toMatchObject({ code: 'WEFT_OVERLOADED', message: reason });
    await check();
  });

  it('finds this very loop blocked, even when it is asked before any timer has run', async () => {
    const check = eventLoopCheck({ maxDelay: 20 });
    await check();
    const until = performance.now() + 60;
    while (performance.now() < until);
    await expect(check()).rejects.toThrow(/^event loop: blocked for \d+ ms, more than 20 ms$/);
  });

  it('rests when nobody asks any more, and begins anew', async () => {
    const clock = virtualClock();
    const check = eventLoopCheck({ clock });
    expect(clock.pendingTimers()).toBe(0);
    await check();
    await clock.advance(120_000);
    expect(clock.pendingTimers()).toBe(0);
    await clock.advance(3_600_000);
    await check();
    expect(clock.pendingTimers()).toBe(1);
  });

  it('refuses a delay that is none', () => {
    expect(() => eventLoopCheck({ maxDelay: 0 })).toThrow(/maxDelay: 0: expected a duration above 0/);
  });
});
