import { virtualClock } from '@weft/conformance';
import { noopLogger, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { LifeCycle } from './life-cycle.js';

const never = () => new Promise<never>(() => {});

function lifeCycle() {
  const clock = virtualClock();
  const told: string[] = [];
  const cycle = new LifeCycle({ clock, logger: noopLogger });
  const add = (name: string, start: () => Promise<void> | void = () => {}, stop: () => Promise<void> | void = () => {}) => {
    const telling = (what: string, run: () => Promise<void> | void) => () => {
      told.push(`${name} ${what}`);
      return run();
    };
    cycle.add({ name, start: telling('starts', start), stop: telling('stops', stop) });
  };
  return { clock, cycle, told, add };
}

describe('LifeCycle', () => {
  it('starts in order and stops in reverse, once', async () => {
    const { cycle, told, add } = lifeCycle();
    add('a');
    add('b');
    await cycle.start();
    await Promise.all([cycle.stop(), cycle.stop()]);
    expect(told).toEqual(['a starts', 'b starts', 'b stops', 'a stops']);
  });

  it('puts a step behind the one that it belongs to', async () => {
    const { cycle, told, add } = lifeCycle();
    add('a');
    add('b');
    cycle.add({ name: 'of a', stop: () => void told.push('of a stops') }, 'a');
    await cycle.stop();
    expect(told).toEqual(['b stops', 'of a stops', 'a stops']);
  });

  it('stops some alone and side by side for a process that must end, each in the time that it is given', async () => {
    const { clock, cycle, told, add } = lifeCycle();
    add('a');
    add('b', undefined, never);
    add('c');
    add('d', undefined, () => Promise.reject(new Error('no disk')));
    const stopped = cycle.stopOnly(['a', 'b', 'd'], 2_000);
    await clock.advance(2_000);
    await stopped;
    expect(told).toEqual(['a stops', 'b stops', 'd stops']);
    expect([cycle.isStopping, clock.pendingTimers()]).toEqual([false, 0]);
  });

  it('gives a start 10 s, names the one that hangs, aborts its signal and stops the others (R74)', async () => {
    const { clock, cycle, told, add } = lifeCycle();
    let signal: AbortSignal | undefined;
    const start = (given: AbortSignal) => {
      signal = given;
      return never();
    };
    add('a');
    cycle.add({ name: 'plugin "b"', start });
    const failed = cycle.start().catch((error: unknown) => error);
    await clock.advance(9_999);
    expect(told).toEqual(['a starts']);
    expect(signal?.aborted).toBe(false);
    await clock.advance(1);
    expect(await failed).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', message: 'plugin "b" did not start within 10 s' });
    expect(signal?.aborted).toBe(true);
    expect(told).toEqual(['a starts', 'a stops']);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('gives an open 10 s and leaves the signal alone afterwards', async () => {
    const { clock, cycle } = lifeCycle();
    const signal = await cycle.open('quick', (given) => given);
    await clock.advance(60_000);
    expect(signal.aborted).toBe(false);
    const failed = cycle.open('plugin "slow"', never).catch((error: unknown) => error);
    await clock.advance(10_000);
    expect(await failed).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', message: 'plugin "slow" did not open within 10 s' });
  });

  it('gives a stop 5 s, or its own time, then goes on, and reports all failures together (R74)', async () => {
    const { clock, cycle, told, add } = lifeCycle();
    add('a', undefined, () => Promise.reject(new Error('no disk')));
    add('b', undefined, never);
    cycle.add({ name: 'service', stop: never, stopMs: 30_000 });
    const failed = cycle.stop().catch((error: unknown) => error);
    await clock.advance(29_999);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual(['b stops']);
    await clock.advance(5_000);
    const error = await failed;
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors.map((each: unknown) => (each instanceof WeftError ? each.message : each))).toEqual([
      'service did not stop within 30 s',
      'b did not stop within 5 s',
      'a failed to stop: no disk',
    ]);
  });

  it('tells how long each step took to stop, in the order of the stop, failed ones too', async () => {
    const { clock, cycle, add } = lifeCycle();
    add('a', undefined, () => Promise.reject(new Error('no disk')));
    add('b', undefined, never);
    cycle.add({ name: 'c' });
    const failed = cycle.stop().catch(() => {});
    await clock.advance(5_000);
    await failed;
    expect(Object.entries(cycle.stopTimes())).toEqual([
      ['c', 0],
      ['b', 5_000],
      ['a', 0],
    ]);
    expect(cycle.timesOf('b').stopMs).toBe(5_000);
  });

  it('keeps the code of a failure and puts the name before it', async () => {
    const { cycle, add } = lifeCycle();
    const cause = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'nobody answers');
    add('registry "consul"', () => Promise.reject(cause));
    await expect(cycle.start()).rejects.toMatchObject({
      code: 'WEFT_REGISTRY_UNAVAILABLE',
      message: 'registry "consul" failed to start: nobody answers',
      cause,
    });
  });

  it('starts nothing more once it is stopped', async () => {
    const { cycle, told, add } = lifeCycle();
    add('a', () => void cycle.stop());
    add('b');
    await expect(cycle.start()).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
    await cycle.stop();
    expect(told).toEqual(['a starts', 'b stops', 'a stops']);
  });
});
