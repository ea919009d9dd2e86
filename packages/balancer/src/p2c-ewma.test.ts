import { seededRandom } from '@weft/conformance';
import type { InstanceHandle } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { p2cEwma, roundRobin } from './index.js';
import { FIRST_TRY, handClock, listOf, makeCalls, mustPick, p99Of, type Traffic } from './pick-scene.fixture.js';

const SEEDS = [1, 2, 3];

const scene = (count: number, seed = 1, options = {}) => {
  const clock = handClock();
  const from = listOf(count);
  const balancer = p2cEwma({ clock, random: seededRandom(seed), ...options });
  const call = (durationMs: number, result: 'ok' | 'failed' | 'ignored' = 'ok') => {
    const picked = mustPick(balancer, from);
    clock.nowMs += durationMs;
    picked.done({ result, durationMs });
    return picked.instance;
  };
  return { clock, from, balancer, call };
};

/** A list after calls that took 20 ms, but 200 ms at the first instance. */
const withOneSlow = (count: number) => {
  const made = scene(count);
  const { balancer, clock, from } = made;
  for (const instance of from) {
    const picked = mustPick(balancer, from, { skip: (one) => one !== instance });
    clock.nowMs += 20;
    picked.done({ result: 'ok', durationMs: instance === from[0] ? 200 : 20 });
  }
  return made;
};

const jittered = (seed: number) => {
  const random = seededRandom(seed + 1_000);
  return (meanMs: number) => meanMs * (0.5 + random());
};

const share = (picks: readonly { readonly instance: InstanceHandle }[], instance: InstanceHandle | undefined) =>
  picks.filter((made) => made.instance === instance).length / picks.length;

describe('p2cEwma', () => {
  it('prefers the faster of two', () => {
    const { from, call } = withOneSlow(2);
    expect(Array.from({ length: 20 }, () => call(20))).toEqual(Array.from({ length: 20 }, () => from[1]));
  });

  it('prefers the slower one when the faster has so many calls in flight that they would take longer', () => {
    const { balancer, from } = withOneSlow(2);
    const picks = Array.from({ length: 12 }, () => mustPick(balancer, from).instance);
    expect(picks.slice(0, 9)).not.toContain(from[0]);
    expect(picks.slice(9)).toContain(from[0]);
  });

  it('takes one that it knows nothing of for as fast as the other', () => {
    const { balancer, clock, from } = scene(2);
    const [first] = [mustPick(balancer, from)];
    clock.nowMs += 20;
    first.done({ result: 'ok', durationMs: 20 });
    const picks = [mustPick(balancer, from).instance, mustPick(balancer, from).instance];
    expect(new Set(picks)).toEqual(new Set(from));
  });

  it.each(['failed', 'ignored'] as const)('learns no speed from a call that ended %s at once', (result) => {
    const { balancer, from, clock } = withOneSlow(2);
    const quick = mustPick(balancer, from, { skip: (one) => one !== from[0] });
    quick.done({ result, durationMs: 1 });
    clock.nowMs += 1_000;
    expect(mustPick(balancer, from).instance).toBe(from[1]);
  });

  it.each(['failed', 'ignored'] as const)('learns from a call that ended %s late that it is slow', (result) => {
    const { balancer, from, clock } = withOneSlow(2);
    const late = mustPick(balancer, from, { skip: (one) => one !== from[1] });
    clock.nowMs += 3_000;
    late.done({ result, durationMs: 3_000 });
    clock.nowMs += 1_000;
    expect(mustPick(balancer, from).instance).toBe(from[0]);
  });

  it('counts how long calls wait, before any of them has ended', () => {
    const { balancer, clock, from } = scene(2);
    const silent = mustPick(balancer, from).instance;
    mustPick(balancer, from).done({ result: 'ok', durationMs: 20 });
    clock.nowMs += 500;
    expect(Array.from({ length: 10 }, () => mustPick(balancer, from).instance)).not.toContain(silent);
  });

  it('believes a caller who has just read the clock', () => {
    const clock = { ...handClock(), now: () => Number.NaN };
    const balancer = p2cEwma({ clock, random: seededRandom(1), slowStart: false });
    const from = listOf(2);
    const call = { ...FIRST_TRY, nowMs: 5 };
    expect(balancer.pick(from, call)?.instance).not.toBe(balancer.pick(from, call)?.instance);
  });

  it.each(SEEDS)('keeps the p99 below twice the healthy one when one of five is ten times slower, seed %i (R6)', (seed) => {
    const p99 = (make: () => ReturnType<typeof roundRobin>, slowBy: number, clock: ReturnType<typeof handClock>) => {
      const jitter = jittered(seed);
      const from = listOf(5);
      const answerOf: Traffic['answerOf'] = (one) => ({ durationMs: jitter(one === from[0] ? 20 * slowBy : 20) });
      const traffic = { perSecond: 300, forMs: 20_000, random: seededRandom(seed), answerOf };
      return p99Of(makeCalls(make(), from, clock, traffic).filter(({ afterMs }) => afterMs > 5_000));
    };
    const clock = handClock();
    const adaptive = () => p2cEwma({ clock, random: seededRandom(seed) });
    const healthy = p99(adaptive, 1, clock);
    expect(p99(adaptive, 10, clock) / healthy, `seed ${seed}`).toBeLessThanOrEqual(2);
    expect(p99(roundRobin, 10, clock) / healthy, `round robin, seed ${seed}`).toBeGreaterThan(5);
  });

  it.each(SEEDS)('sends less than 2 %% to one of five that takes 2 s, from the first second on, seed %i (R6)', (seed) => {
    const { balancer, clock, from } = scene(5, seed);
    const jitter = jittered(seed);
    const answerOf: Traffic['answerOf'] = (one) => ({ durationMs: one === from[0] ? 2_000 : jitter(20) });
    const made = makeCalls(balancer, from, clock, { perSecond: 300, forMs: 20_000, random: seededRandom(seed), answerOf });
    expect(
      share(
        made.filter(({ afterMs }) => afterMs > 1_000),
        from[0],
      ),
      `seed ${seed}`,
    ).toBeLessThan(0.02);
  });

  it.each(SEEDS)('does not let one of five that fails in 1 ms attract calls, seed %i (R7)', (seed) => {
    const { balancer, clock, from } = scene(5, seed);
    const jitter = jittered(seed);
    const answerOf: Traffic['answerOf'] = (one) => {
      return one === from[0] ? { durationMs: 1, result: 'failed' } : { durationMs: jitter(20) };
    };
    const made = makeCalls(balancer, from, clock, { perSecond: 300, forMs: 20_000, random: seededRandom(seed), answerOf });
    expect(share(made, from[0]), `seed ${seed}`).toBeLessThan(0.05);
  });

  it.each(SEEDS)('shares calls evenly between instances that are alike, seed %i', (seed) => {
    const { balancer, clock, from } = scene(5, seed);
    const jitter = jittered(seed);
    const answerOf = () => ({ durationMs: jitter(20) });
    const made = makeCalls(balancer, from, clock, { perSecond: 300, forMs: 60_000, random: seededRandom(seed), answerOf });
    for (const instance of from) expect(Math.abs(share(made, instance) - 0.2), `seed ${seed}`).toBeLessThan(0.03);
  });

  it('comes back to one that was slow for a while', () => {
    const { balancer, clock, from } = scene(5);
    const answerOf: Traffic['answerOf'] = (one, afterMs) => ({ durationMs: one === from[0] && afterMs < 20_000 ? 200 : 20 });
    const made = makeCalls(balancer, from, clock, { perSecond: 300, forMs: 120_000, random: seededRandom(6), answerOf });
    expect(
      share(
        made.filter(({ afterMs }) => afterMs > 60_000),
        from[0],
      ),
    ).toBeGreaterThan(0.15);
  });

  it.each([
    ['10s', 15_000, 30_000],
    ['1s', 1_500, 5_000],
  ])('asks a slow one again the sooner the shorter the decay: %s', (decay, atLeastMs, atMostMs) => {
    const { balancer, clock, from } = scene(2, 1, { decay });
    const answerOf: Traffic['answerOf'] = (one) => ({ durationMs: one === from[0] ? 200 : 20 });
    const made = makeCalls(balancer, from, clock, { perSecond: 5, forMs: 60_000, random: seededRandom(7), answerOf });
    const slow = made.filter(({ instance }) => instance === from[0]).map(({ afterMs }) => afterMs);
    const again = slow.find((afterMs) => afterMs > 1_000);
    expect(again).toBeGreaterThan(atLeastMs);
    expect(again).toBeLessThan(atMostMs);
  });

  it.each([{ decay: '0s' }, { decay: -1 }, { penalty: 'soon' }, { slowStart: 0 }])('refuses %o', (options) => {
    expect(() => p2cEwma(options)).toThrow(`loadBalancer.options.${Object.keys(options)[0]}: `);
  });
});
