import { describe, expect, it } from 'vitest';
import { roundRobin, slowStart } from './index.js';
import { callsTo, countsOf, handClock, listOf, mustPick, tried } from './pick-scene.fixture.js';

const scene = () => {
  const clock = handClock();
  const from = listOf(5);
  return { clock, from, balancer: slowStart(roundRobin, { clock }) };
};

describe('slowStart', () => {
  it('counts an instance that comes for 0.1, then for 0.5, then for 1', () => {
    const { clock, from, balancer } = scene();
    callsTo(balancer, from.slice(1), 20);
    const share = () => countsOf(callsTo(balancer, from, 1_000), from)[0];
    expect(share()).toBe(Math.floor((1_000 * 0.1) / 4.1));
    clock.nowMs += 5_000;
    expect(share()).toBe(Math.floor((1_000 * 0.5) / 4.5));
    clock.nowMs += 5_000;
    expect(share()).toBe(200);
  });

  it('spreads what it keeps from a newcomer over the others', () => {
    const { from, balancer } = scene();
    callsTo(balancer, from.slice(1), 20);
    const counts = countsOf(callsTo(balancer, from, 10_000), from);
    for (const count of counts.slice(1)) expect(Math.abs(count - 2_450)).toBeLessThan(250);
  });

  it('holds nobody back in a first list', () => {
    const { from, balancer } = scene();
    expect(countsOf(callsTo(balancer, from, 50), from)).toEqual([10, 10, 10, 10, 10]);
  });

  it('holds nobody back in a list that shares nobody with the one before', () => {
    const { from, balancer } = scene();
    callsTo(balancer, listOf(3), 10);
    expect(countsOf(callsTo(balancer, from, 50), from)).toEqual([10, 10, 10, 10, 10]);
  });

  it('starts anew with an instance that comes back', () => {
    const { clock, from, balancer } = scene();
    for (const list of [from, from.slice(1)]) callsTo(balancer, list, 20);
    clock.nowMs += 60_000;
    expect(countsOf(callsTo(balancer, from, 1_000), from)[0]).toBe(24);
  });

  it('counts the time from its arrival, however often the list is replaced meanwhile', () => {
    const { clock, from, balancer } = scene();
    callsTo(balancer, from.slice(1), 20);
    callsTo(balancer, [...from], 1);
    clock.nowMs += 4_000;
    callsTo(balancer, [...from], 1);
    clock.nowMs += 4_000;
    expect(countsOf(callsTo(balancer, [...from], 1_000), from)[0]).toBe(Math.floor((1_000 * 0.8) / 4.8));
  });

  it('holds nobody back while more than half are new, so that the others carry at most twice their share', () => {
    const { from, balancer } = scene();
    callsTo(balancer, from.slice(3), 20);
    expect(countsOf(callsTo(balancer, from, 50), from)).toEqual([10, 10, 10, 10, 10]);
    const other = scene();
    callsTo(other.balancer, other.from.slice(2), 20);
    expect(Math.max(...countsOf(callsTo(other.balancer, other.from, 1_000), other.from))).toBeLessThanOrEqual(400);
  });

  it('picks a newcomer all the same when the others were tried', () => {
    const { from, balancer } = scene();
    callsTo(balancer, from.slice(1), 20);
    expect(new Set(callsTo(balancer, from, 10, tried(...from.slice(1))))).toEqual(new Set([from[0]]));
  });

  it('keeps two services apart that share it', () => {
    const { from, balancer } = scene();
    const other = listOf(4);
    for (let turn = 0; turn < 5; turn++) {
      expect(countsOf(callsTo(balancer, from, 5), from)).toEqual([1, 1, 1, 1, 1]);
      expect(countsOf(callsTo(balancer, other, 4), other)).toEqual([1, 1, 1, 1]);
    }
  });

  it('asks for the time only while somebody is new', () => {
    const { from } = scene();
    let reads = 0;
    const clock = { ...handClock(), now: () => ++reads };
    const balancer = slowStart(roundRobin, { clock });
    callsTo(balancer, from, 100);
    expect(reads).toBe(1);
  });

  it('takes the length of its window', () => {
    const { clock, from } = scene();
    const balancer = slowStart(roundRobin, { clock, window: '1m' });
    callsTo(balancer, from.slice(1), 20);
    mustPick(balancer, from);
    clock.nowMs += 30_000;
    expect(countsOf(callsTo(balancer, from, 1_000), from)[0]).toBe(Math.floor((1_000 * 0.5) / 4.5));
  });

  it.each([0, -1, 'soon', Number.POSITIVE_INFINITY])('refuses a window of %s', (window) => {
    expect(() => slowStart(roundRobin, { window })).toThrow('loadBalancer.options.slowStart: ');
  });
});
