import { virtualClock } from '@weft/conformance';
import { sleep } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { PROBE_MS, probe, SILENCE_MS } from './probe.js';

/** A server that answers after `answerMs` while `isThere`. */
function probed({ answerMs = 0 } = {}) {
  const clock = virtualClock();
  const server = { isThere: true, asked: 0, silentAt: 0 };
  const ping = () => {
    server.asked++;
    return server.isThere ? sleep(answerMs, clock) : new Promise(() => {});
  };
  const stop = probe(ping, clock, () => {
    server.silentAt = clock.now();
  });
  return { clock, server, stop };
}

describe('probe', () => {
  it('asks every 0.5 s while it is answered', async () => {
    const { clock, server, stop } = probed();
    await clock.advance(5 * PROBE_MS);
    expect(server).toMatchObject({ asked: 5, silentAt: 0 });
    stop();
    await clock.advance(5 * PROBE_MS);
    expect(server.asked).toBe(5);
  });

  it('finds silence within 4 s, and tells it once', async () => {
    const { clock, server } = probed();
    await clock.advance(10 * PROBE_MS + 1);
    const goneAt = clock.now();
    server.isThere = false;
    await clock.advance(10_000);
    expect(server.silentAt - goneAt).toBeLessThanOrEqual(PROBE_MS + SILENCE_MS);
    const { asked } = server;
    await clock.advance(10_000);
    expect(server.asked).toBe(asked);
  });

  it('bears with a server that takes 3 s for each answer (R44)', async () => {
    const { clock, server, stop } = probed({ answerMs: 3_000 });
    await clock.advance(60_000);
    expect(server.silentAt).toBe(0);
    stop();
  });
});
