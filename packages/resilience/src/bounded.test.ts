import { settle, virtualClock } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { type Bound, bounded } from './index.js';

function setUp(more: Partial<Bound> = {}) {
  const clock = virtualClock();
  const bound: Bound = { what: 'listing "orders"', from: 'registry', timeoutMs: 2_000, clock, ...more };
  return { clock, bound };
}

const never = () => new Promise<never>(() => {});
/** Handles that keep this process alive. */
const awake = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

describe('bounded', () => {
  it('gives what the operation gives, and leaves no timer', async () => {
    const { clock, bound } = setUp();
    expect(await bounded(async () => 7, bound)).toBe(7);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('ends an operation that ignores its signal when its time is up, and says who did not answer', async () => {
    const { clock, bound } = setUp();
    let given: AbortSignal | undefined;
    const run = bounded((signal) => {
      given = signal;
      return never();
    }, bound);
    const refused = expect(run).rejects.toMatchObject({
      code: 'WEFT_REGISTRY_UNAVAILABLE',
      failure: 'timeout',
      message: 'listing "orders": no answer from the registry within 2000 ms',
    });
    await clock.advance(1_999);
    expect(given?.aborted).toBe(false);
    await clock.advance(1);
    await refused;
    expect(given?.aborted).toBe(true);
  });

  it('ends with WEFT_CLOSED when its signal is aborted, and does not begin when it is already', async () => {
    const control = new AbortController();
    const { clock, bound } = setUp({ signal: control.signal });
    const run = bounded(never, bound);
    control.abort();
    await expect(run).rejects.toMatchObject({ code: 'WEFT_CLOSED', message: 'listing "orders" was given up: closed' });
    let begun = 0;
    await expect(bounded(async () => begun++, bound)).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
    expect([begun, clock.pendingTimers()]).toEqual([0, 0]);
  });

  it('passes a WeftError on and wraps any other failure, thrown at once or later', async () => {
    const { bound } = setUp();
    const conflict = new WeftError('WEFT_CONFLICT', 'held');
    await expect(bounded(() => Promise.reject(conflict), bound)).rejects.toBe(conflict);
    const broken = new Error('broken');
    const thrower = () => {
      throw broken;
    };
    await expect(bounded(thrower, bound)).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE', cause: broken });
  });

  it('keeps the process awake while somebody awaits the answer, and only then', async () => {
    const { clock, bound } = setUp({ isAwaited: true });
    const before = awake();
    const run = bounded(never, bound);
    run.catch(() => {});
    expect(awake()).toBe(before + 1);
    void bounded(never, { ...bound, isAwaited: false }).catch(() => {});
    expect(awake()).toBe(before + 1);
    await clock.advance(2_000);
    await settle();
    expect(awake()).toBe(before);
  });
});
