import { instanceRecord, seededRandom, virtualClock } from '@weft/conformance';
import type { InstanceHandle, LoadBalancer, Picked, Result } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { leastConnections } from './index.js';

const SEED = 72;
const handles = (count: number): InstanceHandle[] =>
  Array.from({ length: count }, (_, index) => ({ id: `i${index}`, instance: instanceRecord(`i${index}`) }));
const firstTry = { skip: () => false };

const scene = (instances: number, seed = SEED) => {
  const clock = virtualClock();
  const balancer = leastConnections({ clock, random: seededRandom(seed) });
  const from = handles(instances);
  return { clock, from, pick: () => mustPick(balancer, from) };
};

function mustPick(balancer: LoadBalancer, from: readonly InstanceHandle[]): Picked {
  const picked = balancer.pick(from, firstTry);
  if (!picked) throw new Error('nobody was picked');
  return picked;
}

describe('leastConnections', () => {
  it('prefers the instance with fewer calls in flight', () => {
    const { pick } = scene(2);
    const first = pick();
    const second = pick();
    expect(second.instance).not.toBe(first.instance);
    first.done({ result: 'ok', durationMs: 1 });
    expect(pick().instance).toBe(first.instance);
  });

  it.each<Result>(['ok', 'ignored'])('gives the place back when the call ends %s', (result) => {
    const { pick } = scene(2);
    const first = pick();
    pick();
    first.done({ result, durationMs: 5 });
    expect(pick().instance).toBe(first.instance);
  });

  it('gives the place back once when a call is ended twice', () => {
    const { pick } = scene(2);
    const calls = [pick(), pick(), pick(), pick()];
    const [first] = calls;
    first?.done({ result: 'ok', durationMs: 1 });
    first?.done({ result: 'ok', durationMs: 1 });
    expect(pick().instance).toBe(first?.instance);
    const next = pick().instance;
    expect([next, pick().instance]).toContain(first?.instance);
  });

  it('counts a failed call for 1 s longer, and gives its place back then', async () => {
    const { clock, from, pick } = scene(2);
    const failed = pick();
    failed.done({ result: 'failed', durationMs: 0 });
    const other = from.find((instance) => instance !== failed.instance);
    for (let call = 0; call < 20; call++) {
      const picked = pick();
      expect(picked.instance).toBe(other);
      picked.done({ result: 'ok', durationMs: 0 });
    }
    await clock.advance(1_000);
    expect(pick().instance).toBe(failed.instance);
  });

  it('does not send more traffic to an instance that fails fast', async () => {
    const { clock, from, pick } = scene(3);
    const broken = from[0];
    let failures = 0;
    const underWay: Picked[] = [];
    for (let call = 0; call < 3_000; call++) {
      const picked = pick();
      if (picked.instance === broken) {
        failures++;
        picked.done({ result: 'failed', durationMs: 1 });
      } else underWay.push(picked);
      if (underWay.length > 6) underWay.shift()?.done({ result: 'ok', durationMs: 20 });
      await clock.advance(3);
    }
    expect(failures / 3_000, `share of the broken instance, seed ${SEED}`).toBeLessThan(0.05);
  });

  it('counts a call the more the longer it waits: who does not answer does not attract traffic', async () => {
    const { clock, pick } = scene(2);
    const silent = pick();
    const other = pick();
    await clock.advance(3_000);
    other.done({ result: 'ok', durationMs: 3_000 });
    const picks = [pick(), pick(), pick()];
    expect(picks.map(({ instance }) => instance)).not.toContain(silent.instance);
  });

  it.each([2, 3, 5])('spreads 60,000 calls over %i idle instances within 1 %', (instances) => {
    const { from, pick } = scene(instances);
    const counts = new Map<InstanceHandle, number>(from.map((instance) => [instance, 0]));
    for (let call = 0; call < 60_000; call++) {
      const picked = pick();
      counts.set(picked.instance, (counts.get(picked.instance) ?? 0) + 1);
      picked.done({ result: 'ok', durationMs: 1 });
    }
    for (const count of counts.values()) expect(Math.abs((count * instances) / 60_000 - 1), `seed ${SEED}`).toBeLessThan(0.01);
  });

  it('gives an instance that comes back no more than its share', () => {
    const clock = virtualClock();
    const balancer = leastConnections({ clock, random: seededRandom(SEED) });
    const from = handles(5);
    const without = from.slice(1);
    const pickFrom = (list: readonly InstanceHandle[]) => {
      const picked = mustPick(balancer, list);
      picked.done({ result: 'ok', durationMs: 1 });
      return picked.instance;
    };
    for (let call = 0; call < 1_000; call++) pickFrom(without);
    let back = 0;
    for (let call = 0; call < 100; call++) if (pickFrom(from) === from[0]) back++;
    expect(back, `seed ${SEED}`).toBeLessThanOrEqual(30);
  });

  it('keeps what it knows of an instance when the list is replaced', () => {
    const clock = virtualClock();
    const balancer = leastConnections({ clock, random: seededRandom(SEED) });
    const from = handles(2);
    const first = mustPick(balancer, from);
    expect(mustPick(balancer, [...from]).instance).not.toBe(first.instance);
  });
});
