import { seededRandom, virtualClock } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { DeadlineWheel } from './index.js';

function recorder(clock: { now(): number }) {
  const expired: { readonly name: string; readonly at: number }[] = [];
  return { expired, named: (name: string) => ({ expire: () => void expired.push({ name, at: clock.now() }) }) };
}

describe('DeadlineWheel', () => {
  it('expires what is due, never early and at most one tick late', async () => {
    for (const seed of [1, 2, 3]) {
      const clock = virtualClock();
      const random = seededRandom(seed);
      const wheel = new DeadlineWheel(clock, 10);
      const late: number[] = [];
      for (let count = 0; count < 500; count++) {
        const atMs = clock.now() + random() * 20_000;
        wheel.arm(atMs, { expire: () => void late.push(clock.now() - atMs) });
      }
      await clock.advance(20_100);
      expect(late, `seed ${seed}`).toHaveLength(500);
      expect(Math.min(...late), `seed ${seed}: early`).toBeGreaterThanOrEqual(0);
      expect(Math.max(...late), `seed ${seed}: late`).toBeLessThanOrEqual(10);
      expect(wheel.armed).toBe(0);
    }
  });

  it('expires a deadline of the past at the next tick, not within arm()', async () => {
    const clock = virtualClock();
    const wheel = new DeadlineWheel(clock);
    const { expired, named } = recorder(clock);
    wheel.arm(clock.now() - 5_000, named('past'));
    expect(expired).toEqual([]);
    await clock.advance(10);
    expect(expired.map(({ name }) => name)).toEqual(['past']);
  });

  it('does not expire what was disarmed, also not when an earlier one of the same tick disarms it', async () => {
    const clock = virtualClock();
    const wheel = new DeadlineWheel(clock);
    const { expired, named } = recorder(clock);
    const atMs = clock.now() + 100;
    const entries = ['a', 'b', 'c'].map((name) => wheel.arm(atMs, named(name)));
    for (const at of [0, 2]) wheel.arm(atMs - 50, { expire: () => wheel.disarm(entries[at] as (typeof entries)[0]) });
    await clock.advance(200);
    expect(expired.map(({ name }) => name)).toEqual(['b']);
  });

  it('takes a second disarm, and one after expiry, without a word', async () => {
    const clock = virtualClock();
    const wheel = new DeadlineWheel(clock);
    const { expired, named } = recorder(clock);
    const disarmed = wheel.arm(clock.now() + 50, named('disarmed'));
    const spent = wheel.arm(clock.now() + 50, named('spent'));
    const other = wheel.arm(clock.now() + 5_170, named('same slot, later round'));
    wheel.disarm(disarmed);
    wheel.disarm(disarmed);
    await clock.advance(100);
    wheel.disarm(spent);
    expect(wheel.armed).toBe(1);
    wheel.disarm(other);
    await clock.advance(10_000);
    expect(expired.map(({ name }) => name)).toEqual(['spent']);
  });

  it('keeps deadlines apart that fall into the same slot in different rounds', async () => {
    const clock = virtualClock();
    const wheel = new DeadlineWheel(clock, 10);
    const { expired, named } = recorder(clock);
    const startAt = clock.now();
    for (const round of [0, 1, 2]) wheel.arm(startAt + 100 + round * 5_120, named(`round ${round}`));
    await clock.advance(12_000);
    expect(expired.map(({ at }) => at - startAt)).toEqual([100, 5_220, 10_340]);
  });

  it('expires what fell due while the process was stopped, whatever the length of the stop', async () => {
    let nowMs = 0;
    let wake = () => {};
    const setTimer = (_: number, run: () => void) => {
      wake = run;
      return { cancel: () => {} };
    };
    const stopped = { now: () => nowMs, setTimer };
    const wheel = new DeadlineWheel(stopped);
    const { expired, named } = recorder(stopped);
    for (const atMs of [10, 3_000, 60_000]) wheel.arm(atMs, named(`${atMs}`));
    wheel.arm(999_999, named('later'));
    nowMs = 500_000;
    wake();
    expect(expired.map(({ name }) => name).sort()).toEqual(['10', '3000', '60000']);
    expect(wheel.armed).toBe(1);
  });

  it('lets expire() arm anew', async () => {
    const clock = virtualClock();
    const wheel = new DeadlineWheel(clock);
    let rounds = 0;
    const again = { expire: () => void (++rounds < 5 && wheel.arm(clock.now() + 30, again)) };
    wheel.arm(clock.now() + 30, again);
    await clock.advance(1_000);
    expect(rounds).toBe(5);
  });

  it('has one timer while anything is armed, and none otherwise', async () => {
    const clock = virtualClock();
    const wheel = new DeadlineWheel(clock);
    expect(clock.pendingTimers()).toBe(0);
    const entries = Array.from({ length: 1_000 }, (_, at) => wheel.arm(clock.now() + 30_000 - at, { expire: () => {} }));
    expect(clock.pendingTimers()).toBe(1);
    for (const entry of entries) wheel.disarm(entry);
    await clock.advance(40_000);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('forgets everything on close, which may be called twice', async () => {
    const clock = virtualClock();
    const wheel = new DeadlineWheel(clock);
    const { expired, named } = recorder(clock);
    const entry = wheel.arm(clock.now() + 50, named('a'));
    wheel.close();
    wheel.close();
    wheel.disarm(entry);
    await clock.advance(1_000);
    expect(expired).toEqual([]);
    expect(clock.pendingTimers()).toBe(0);
    expect(wheel.armed).toBe(0);
  });
});
