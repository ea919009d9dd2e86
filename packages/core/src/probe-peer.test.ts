import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sleep, systemClock } from './clock.js';
import { probePeer } from './probe-peer.js';

const EVERY_MS = 500;
const SILENCE_MS = 3_400;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A peer that answers after `answerMs` while `isThere`. */
function probed({ answer = () => {} } = {}) {
  const peer = { isThere: true, answerMs: 10, asked: 0, silentAt: [] as number[] };
  const ask = async () => {
    peer.asked++;
    if (!peer.isThere) return new Promise(() => {});
    await sleep(peer.answerMs, systemClock);
    return answer();
  };
  const onSilent = () => void peer.silentAt.push(systemClock.now());
  const stop = probePeer({ ask, everyMs: EVERY_MS, silenceMs: SILENCE_MS, clock: systemClock, onSilent });
  return { peer, stop };
}

describe('probePeer', () => {
  it('asks again and again until it is stopped', async () => {
    const { peer, stop } = probed();
    await pass(5 * EVERY_MS);
    expect(peer).toMatchObject({ asked: 5, silentAt: [] });
    stop();
    await pass(10_000);
    expect(peer.asked).toBe(5);
  });

  it('finds silence by the age of a question, tells it once and asks no more', async () => {
    const { peer } = probed();
    await pass(10 * EVERY_MS + 1);
    const goneAt = systemClock.now();
    peer.isThere = false;
    await pass(10_000);
    expect(peer.silentAt).toHaveLength(1);
    expect((peer.silentAt[0] ?? 0) - goneAt).toBeGreaterThanOrEqual(SILENCE_MS);
    expect((peer.silentAt[0] ?? 0) - goneAt).toBeLessThanOrEqual(SILENCE_MS + 2 * EVERY_MS);
    const { asked } = peer;
    await pass(10_000);
    expect(peer.asked).toBe(asked);
  });

  it('bears with a peer that begins to take 3 s for each answer', async () => {
    const { peer, stop } = probed();
    await pass(10_000);
    peer.answerMs = 3_000;
    await pass(60_000);
    peer.answerMs = 10;
    await pass(10_000);
    expect(peer.silentAt).toEqual([]);
    stop();
  });

  it('takes a refusal for an answer', async () => {
    const { peer, stop } = probed({ answer: () => Promise.reject(new Error('no')) });
    await pass(60_000);
    expect(peer.silentAt).toEqual([]);
    stop();
  });

  it('does not blame the peer for the time in which this process stood still', async () => {
    const { peer, stop } = probed();
    peer.answerMs = 2 * EVERY_MS;
    await pass(EVERY_MS + 1);
    const real = performance.now;
    const late = vi.spyOn(performance, 'now').mockImplementation(() => real.call(performance) + 60_000);
    peer.isThere = false;
    await pass(SILENCE_MS);
    expect(peer.silentAt).toEqual([]);
    await pass(3 * EVERY_MS);
    expect(peer.silentAt).toHaveLength(1);
    late.mockRestore();
    stop();
  });
});
