import { describe, expect, it } from 'vitest';
import { sleep, systemClock } from './clock.js';

describe('systemClock', () => {
  it('runs a timer once, unless it was cancelled', async () => {
    const ran: string[] = [];
    systemClock.setTimer(1, () => ran.push('cancelled')).cancel();
    await new Promise<void>((resolve) => {
      systemClock.setTimer(5, () => {
        ran.push('ran');
        resolve();
      });
      setTimeout(() => {}, 20);
    });
    expect(ran).toEqual(['ran']);
  });

  it('goes on without the system’s date', () => {
    const before = systemClock.now();
    const { now } = Date;
    Date.now = () => 0;
    try {
      expect(systemClock.now()).toBeGreaterThanOrEqual(before);
    } finally {
      Date.now = now;
    }
  });
});

describe('sleep', () => {
  it('rejects with the reason of a signal that fires, and before it starts when it has fired', async () => {
    const controller = new AbortController();
    const asleep = sleep(10_000, systemClock, controller.signal);
    controller.abort(new Error('enough'));
    await expect(asleep).rejects.toThrow('enough');
    await expect(sleep(10_000, systemClock, controller.signal)).rejects.toThrow('enough');
  });
});
