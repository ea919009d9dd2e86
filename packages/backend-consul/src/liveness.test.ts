import { virtualClock } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { describe, expect, it, vi } from 'vitest';
import { Liveness } from './liveness.js';

const dead = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'silent', { failure: 'timeout' });

describe('Liveness', () => {
  it('asks with one probe for all who wait, and only while somebody does', async () => {
    const clock = virtualClock();
    const probe = vi.fn(async () => {});
    const liveness = new Liveness({ probe, intervalMs: 2_000, clock });
    await clock.advance(10_000);
    expect(probe).not.toHaveBeenCalled();
    const release = [1, 2, 3].map(() => liveness.guard(() => {}));
    await clock.advance(6_500);
    expect(probe).toHaveBeenCalledTimes(3);
    for (const end of release) end();
    await clock.advance(10_000);
    expect(probe).toHaveBeenCalledTimes(3);
  });

  it('tells all who wait, once, and begins anew for those who wait again', async () => {
    const clock = virtualClock();
    let isDead = true;
    const probe = async () => (isDead ? Promise.reject(dead) : undefined);
    const liveness = new Liveness({ probe, intervalMs: 2_000, clock });
    const told = [vi.fn(), vi.fn()];
    for (const onDead of told) liveness.guard(onDead);
    await clock.advance(8_000);
    for (const onDead of told) expect(onDead).toHaveBeenCalledExactlyOnceWith(dead);
    isDead = false;
    const again = vi.fn();
    liveness.guard(again);
    await clock.advance(8_000);
    isDead = true;
    await clock.advance(2_000);
    expect(again).toHaveBeenCalledOnce();
  });
});
