import { seededRandom } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { ReconnectBackoff } from './index.js';

const SEED = 13;
const refused = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'connect refused', { failure: 'refused' });
const noLeader = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'no leader');

/** The longest wait before each of `count` tries. */
function ceilings(error: unknown, count: number): number[] {
  const backoff = new ReconnectBackoff(() => 1);
  return Array.from({ length: count }, () => backoff.nextMs(error));
}

describe('ReconnectBackoff', () => {
  it('waits at most 1 s first, then up to 2 s while the backend cannot be reached', () => {
    expect(ceilings(refused, 4)).toEqual([1_000, 2_000, 2_000, 2_000]);
    expect(ceilings(new Error('socket hang up'), 3)).toEqual([1_000, 2_000, 2_000]);
  });

  it('waits up to 10 s while the backend answers with errors', () => {
    expect(ceilings(noLeader, 6)).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    expect(ceilings(noLeader, 2_000).at(-1)).toBe(10_000);
  });

  it('spreads each wait evenly from nothing to its longest', () => {
    const random = seededRandom(SEED);
    const firsts = Array.from({ length: 10_000 }, () => new ReconnectBackoff(random).nextMs(refused));
    for (let slot = 0; slot < 10; slot++) {
      const inSlot = firsts.filter((ms) => Math.floor(ms / 100) === slot).length;
      expect(Math.abs(inSlot - 1_000), `seed ${SEED}, slot ${slot}`).toBeLessThan(150);
    }
  });

  it('begins anew after a reset', () => {
    const backoff = new ReconnectBackoff(() => 1);
    for (let tries = 0; tries < 5; tries++) backoff.nextMs(noLeader);
    backoff.reset();
    expect(backoff.nextMs(noLeader)).toBe(1_000);
  });
});
