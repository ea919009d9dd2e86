import type { InstanceHandle, LoadBalancer } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { avoidPushback, consistentHash, type PushbackOutcome, roundRobin } from './index.js';
import { callsTo, FIRST_TRY, handClock, listOf, mustPick, tried } from './pick-scene.fixture.js';

const scene = (count = 3, create: () => LoadBalancer = roundRobin) => {
  const clock = handClock();
  const from = listOf(count);
  const balancer = avoidPushback(create, { clock });
  /** A call to one instance that asks to be left alone. */
  const pushBack = (instance: InstanceHandle | undefined, pushbackMs = 0) => {
    const outcome: PushbackOutcome = { result: 'ignored', durationMs: 1, pushbackMs };
    mustPick(balancer, from, { skip: (one) => one !== instance }).done(outcome);
  };
  return { clock, from, balancer, pushBack, calls: (call = FIRST_TRY) => new Set(callsTo(balancer, from, 12, call)) };
};

describe('avoidPushback', () => {
  it('avoids an instance for as long as it asked for', () => {
    const { clock, from, pushBack, calls } = scene();
    pushBack(from[0], 5_000);
    expect(calls()).toEqual(new Set(from.slice(1)));
    clock.nowMs += 4_999;
    expect(calls()).toEqual(new Set(from.slice(1)));
    clock.nowMs += 1;
    expect(calls()).toEqual(new Set(from));
  });

  it('avoids it for 1 s when it did not say how long', () => {
    const { clock, from, pushBack, calls } = scene();
    pushBack(from[0]);
    expect(calls()).not.toContain(from[0]);
    clock.nowMs += 1_000;
    expect(calls()).toContain(from[0]);
  });

  it('asks it again after 30 s at the latest', () => {
    const { clock, from, pushBack, calls } = scene();
    pushBack(from[0], 86_400_000);
    clock.nowMs += 29_999;
    expect(calls()).not.toContain(from[0]);
    clock.nowMs += 1;
    expect(calls()).toContain(from[0]);
  });

  it('avoids each for its own time', () => {
    const { clock, from, pushBack, calls } = scene();
    pushBack(from[0], 1_000);
    pushBack(from[1], 3_000);
    expect(calls()).toEqual(new Set([from[2]]));
    clock.nowMs += 1_000;
    expect(calls()).toEqual(new Set([from[0], from[2]]));
  });

  it('does not eject: all are called when all ask to be left alone', () => {
    const { from, pushBack, calls } = scene();
    for (const instance of from) pushBack(instance, 5_000);
    expect(calls()).toEqual(new Set(from));
  });

  it('picks one that asked to be left alone rather than one that was tried', () => {
    const { from, pushBack, calls } = scene();
    pushBack(from[0], 5_000);
    expect(calls(tried(...from.slice(1)))).toEqual(new Set([from[0]]));
  });

  it('picks one that neither asked nor was tried first of all', () => {
    const { from, pushBack, calls } = scene();
    pushBack(from[0], 5_000);
    expect(calls(tried(...from.slice(1, 2)))).toEqual(new Set([from[2]]));
  });

  it('sends the calls of a key to its next instance meanwhile, and back after that', () => {
    const { clock, from, balancer, pushBack } = scene(5, consistentHash);
    const call = { ...FIRST_TRY, key: 'k' };
    const [owner] = callsTo(balancer, from, 1, call);
    pushBack(owner, 2_000);
    expect(callsTo(balancer, from, 3, call)).not.toContain(owner);
    clock.nowMs += 2_000;
    expect(callsTo(balancer, from, 1, call)).toEqual([owner]);
  });

  it('asks for the time only while somebody is avoided', () => {
    const from = listOf(3);
    let reads = 0;
    const clock = { ...handClock(), now: () => 1_000 * ++reads };
    const balancer = avoidPushback(roundRobin, { clock });
    callsTo(balancer, from, 100);
    expect(reads).toBe(0);
    mustPick(balancer, from).done({ result: 'ignored', durationMs: 1, pushbackMs: 500 } as PushbackOutcome);
    callsTo(balancer, from, 100);
    expect(reads).toBe(2);
  });

  it('takes the time for those that do not say', () => {
    const clock = handClock();
    const from = listOf(2);
    const balancer = avoidPushback(roundRobin, { clock, pause: '5s' });
    const picked = mustPick(balancer, from);
    picked.done({ result: 'ignored', durationMs: 1, pushbackMs: 0 } as PushbackOutcome);
    clock.nowMs += 4_000;
    expect(callsTo(balancer, from, 10)).not.toContain(picked.instance);
  });

  it.each([0, 'soon', -1])('refuses a pause of %s', (pause) => {
    expect(() => avoidPushback(roundRobin, { pause })).toThrow('loadBalancer.options.pushback: ');
  });
});
