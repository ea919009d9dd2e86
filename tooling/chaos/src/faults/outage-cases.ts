import { setTimeout as rest } from 'node:timers/promises';
import { expect } from 'vitest';
import { EVERYWHERE } from './everywhere.js';
import { type FaultRow, faultRow } from './fault-row.js';
import { Scene } from './scene.js';
import { timing } from './timing.js';

/** Longest pause of those who cannot reach a server (2 s) and the slowest propagation (2 s), in ms. */
const BACK_MS = 4_000;

/** The server dies and comes back with what it knew. */
export const killRestart: FaultRow = faultRow({
  id: 'kill-restart',
  title: 'kill -9 and a restart with the same data: nobody is dropped, and every watch goes on',
  bounds: { detectMs: 1_000, recoverMs: BACK_MS },
  on: EVERYWHERE,
  async run({ backend, atEnd, detected, recovered }) {
    const scene = await Scene.open(backend);
    atEnd(() => scene.close());
    await scene.followBare();
    const killedAt = performance.now();
    await backend.server.kill();
    detected(await scene.untilBroken(killedAt));
    await rest(timing.pick(2_000, 10_000));
    expect(scene.ids(), scene.told()).toEqual(['things-1']);
    await backend.server.start();
    recovered(await scene.continues());
    await scene.untilRegistered();
  },
});

/** The server dies and comes back empty: the trap of every peer. */
export const restartEmpty: FaultRow = faultRow({
  id: 'restart-empty',
  title: 'a restart with all data lost: the record is back by itself, nobody saw it go, and every watch goes on',
  bounds: { recoverMs: timing.beatMs + 2_000 },
  on: EVERYWHERE,
  async run({ backend, atEnd, recovered }) {
    const scene = await Scene.open(backend);
    atEnd(() => scene.close());
    await backend.restartEmpty();
    recovered(await scene.untilRegistered());
    await scene.continues();
    expect(scene.events, scene.told()).not.toContain('registration.lost');
    await backend.restartEmpty();
    recovered(await scene.continues());
    recovered(await scene.untilRegistered());
  },
});

/** The server is frozen for longer than a TTL: connected, and silent. */
export const pauseTooLong: FaultRow = faultRow({
  id: 'pause',
  title: 'SIGSTOP for longer than the TTL: noticed by our own probe, operations end in time, and all heals',
  bounds: { detectMs: 4_500, recoverMs: timing.beatMs + 2_000 },
  on: EVERYWHERE,
  async run({ backend, atEnd, detected, recovered, figure }) {
    const scene = await Scene.open(backend);
    atEnd(() => scene.close());
    await scene.followBare();
    const driver = await backend.openRegistryDriver();
    const pausedAt = performance.now();
    await backend.server.pause();
    atEnd(() => backend.server.resume());
    const refused = driver.list('things', { signal: new AbortController().signal }).then(
      () => Number.POSITIVE_INFINITY,
      () => performance.now() - pausedAt,
    );
    detected(await scene.untilBroken(pausedAt));
    const endedMs = await refused;
    expect(endedMs, 'a frozen server has answered').toBeLessThan(Number.POSITIVE_INFINITY);
    figure('operation ended after ms', endedMs);
    expect(endedMs).toBeLessThanOrEqual((timing.timeoutMs + 500) * timing.slack);
    await rest(Math.max(0, timing.ttlMs + 2_000 - (performance.now() - pausedAt)));
    expect(scene.ids(), scene.told()).toEqual(['things-1']);
    expect(scene.events, scene.told()).toContain('registration.lost');
    backend.server.resume();
    recovered(await scene.untilRegistered());
    expect(scene.events, scene.told()).toContain('registration.restored');
    await scene.continues();
  },
});
