import { setTimeout as pause } from 'node:timers/promises';
import { virtualClock } from '@weft/conformance';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EventLoopDelay } from './event-loop-delay.js';

function open() {
  const clock = virtualClock();
  const delay = new EventLoopDelay(clock);
  onTestFinished(() => delay.close());
  return { clock, delay };
}

/** Keeps the event loop from turning. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** So long that both histograms have begun, and have seen what was before. */
const turn = () => pause(60);

describe('EventLoopDelay', () => {
  it('knows nothing before the first turn of the loop', () => {
    expect(open().delay.read()).toBeUndefined();
  });

  it('sees how long the loop was blocked', async () => {
    const { delay } = open();
    await turn();
    block(200);
    await turn();
    const figures = delay.read();
    expect(figures?.max).toBeGreaterThan(0.15);
    expect(figures?.max).toBeLessThan(5);
    for (const [name, seconds] of Object.entries(figures ?? {})) {
      expect(seconds, name).toBeGreaterThanOrEqual(0);
      expect(seconds, name).toBeLessThanOrEqual(figures?.max ?? 0);
    }
  });

  it('tells a peak for one to two minutes, however often it is looked at, and then no more', async () => {
    const { clock, delay } = open();
    await turn();
    block(1_000);
    await turn();
    const max = () => delay.read()?.max ?? 0;
    expect(max()).toBeGreaterThan(0.9);
    expect(max()).toBeGreaterThan(0.9);
    await clock.advance(60_000);
    await turn();
    expect(max()).toBeGreaterThan(0.9);
    await clock.advance(60_000);
    await turn();
    expect(max()).toBeLessThan(0.9);
  });

  it('leaves no timer when it is closed', () => {
    const { clock, delay } = open();
    delay.close();
    expect(clock.pendingTimers()).toBe(0);
  });
});
