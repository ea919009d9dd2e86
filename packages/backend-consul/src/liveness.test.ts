import { virtualClock } from '@weft/conformance';
import { sleep, WeftError } from '@weft/core';
import { describe, expect, it, vi } from 'vitest';
import { Liveness } from './liveness.js';

const silence = wireError('timeout');

describe('Liveness', () => {
  it('asks with one probe for all who wait, and only while somebody does', async () => {
    const { clock, peer, liveness } = watched();
    await clock.advance(10_000);
    expect(peer.asked).toBe(0);
    const release = [1, 2, 3].map(() => liveness.guard(() => {}));
    await clock.advance(7_500);
    expect(peer.asked).toBe(10);
    for (const end of release) end();
    await clock.advance(10_000);
    expect(peer.asked).toBe(10);
  });

  it('tells all who wait of a silence, once and within 4.5 s, and begins anew for those who wait again', async () => {
    const { clock, peer, liveness } = watched();
    const told = [vi.fn(), vi.fn()];
    const release = told.map((onDead) => liveness.guard(onDead));
    await clock.advance(7_001);
    peer.isThere = false;
    await clock.advance(3_300);
    for (const onDead of told) expect(onDead).not.toHaveBeenCalled();
    await clock.advance(1_200);
    for (const onDead of told) expect(onDead).toHaveBeenCalledExactlyOnceWith(silence);
    peer.isThere = true;
    const again = vi.fn();
    liveness.guard(again);
    for (const end of release) end();
    await clock.advance(8_000);
    expect(again).not.toHaveBeenCalled();
    peer.isThere = false;
    await clock.advance(4_500);
    expect(again).toHaveBeenCalledOnce();
    for (const onDead of told) expect(onDead).toHaveBeenCalledOnce();
  });

  it('bears with a peer that takes 3 s for each answer, and has one question out at a time (R44)', async () => {
    const { clock, peer, liveness } = watched();
    peer.answerMs = 3_000;
    const onDead = vi.fn();
    liveness.guard(onDead);
    await clock.advance(60_000);
    expect(onDead).not.toHaveBeenCalled();
    expect(peer.most).toBe(1);
  });

  it('tells of a connection that fails at once', async () => {
    const { clock, peer, liveness } = watched();
    const onDead = vi.fn();
    liveness.guard(onDead);
    await clock.advance(7_001);
    peer.error = wireError('reset');
    await clock.advance(720);
    expect(onDead).toHaveBeenCalledExactlyOnceWith(peer.error);
  });

  it('does not take a question that ended late for a silence: this process may have stood still', async () => {
    const { clock, peer, liveness } = watched();
    const onDead = vi.fn();
    liveness.guard(onDead);
    peer.error = wireError('timeout');
    await clock.advance(8_000);
    expect(onDead).not.toHaveBeenCalled();
  });

  it('gives its question up when nobody waits any more, without a word', async () => {
    const { clock, peer, liveness } = watched();
    const onDead = vi.fn();
    const release = liveness.guard(onDead);
    peer.isThere = false;
    await clock.advance(1_000);
    expect(peer.now).toBe(1);
    release();
    await clock.advance(10_000);
    expect(peer.now).toBe(0);
    expect(onDead).not.toHaveBeenCalled();
  });
});

function wireError(failure: 'timeout' | 'reset'): WeftError {
  return new WeftError('WEFT_REGISTRY_UNAVAILABLE', failure, { failure });
}

/** A peer that answers after `answerMs` while `isThere`, and what came to it. */
function watched() {
  const clock = virtualClock();
  const peer = { isThere: true, answerMs: 10, asked: 0, now: 0, most: 0, error: undefined as WeftError | undefined };
  const probe = async (timeoutMs: number, signal: AbortSignal) => {
    peer.asked++;
    peer.most = Math.max(peer.most, ++peer.now);
    try {
      await sleep(peer.isThere ? peer.answerMs : timeoutMs, clock, signal);
    } finally {
      peer.now--;
    }
    if (peer.error) throw peer.error;
    if (!peer.isThere) throw silence;
  };
  return { clock, peer, liveness: new Liveness({ probe, silent: () => silence, clock }) };
}
