import { setTimeout as rest } from 'node:timers/promises';
import { expect } from 'vitest';
import { EVERYWHERE } from './everywhere.js';
import { type FaultRow, faultRow } from './fault-row.js';
import { Scene } from './scene.js';
import { timing } from './timing.js';

const BACK_MS = 4_000;
const AWAY_MS = timing.pick(3_000, 15_000);

/** Connections are reset and refused. */
export const cutOff: FaultRow = faultRow({
  id: 'cut',
  title: 'every connection is cut: noticed at once, and what changed meanwhile arrives after healing',
  bounds: { detectMs: 1_000, recoverMs: BACK_MS },
  on: EVERYWHERE,
  backend: { proxy: true },
  async run({ backend, atEnd, detected, recovered }) {
    const scene = await Scene.open(backend);
    atEnd(() => scene.close());
    await scene.followBare();
    const cutAt = performance.now();
    backend.proxy.cut();
    detected(await scene.untilBroken(cutAt));
    await rest(AWAY_MS);
    expect(scene.ids(), scene.told()).toEqual(['things-1']);
    backend.proxy.heal();
    recovered(await scene.continues());
    await scene.untilRegistered();
  },
});

/** Connections stay open and nothing moves. */
export const stalled: FaultRow = faultRow({
  id: 'stall',
  title: 'connections stay open and nothing moves: noticed by our own probe, and no change is lost',
  bounds: { detectMs: 4_500, recoverMs: BACK_MS },
  on: EVERYWHERE,
  backend: { proxy: true },
  async run({ backend, atEnd, detected, recovered }) {
    const scene = await Scene.open(backend);
    atEnd(() => scene.close());
    await scene.followBare();
    const stalledAt = performance.now();
    backend.proxy.stall();
    detected(await scene.untilBroken(stalledAt));
    await rest(AWAY_MS);
    expect(scene.ids(), scene.told()).toEqual(['things-1']);
    backend.proxy.heal();
    recovered(await scene.continues());
    await scene.untilRegistered();
  },
});

/** Everything takes its time, but arrives. */
export const slow: FaultRow = faultRow({
  id: 'slow',
  title: 'every answer takes 0.4 s (full: 1 s): nobody expires, and changes arrive',
  bounds: { recoverMs: BACK_MS + 4_000 },
  on: EVERYWHERE,
  backend: { proxy: true },
  async run({ backend, atEnd, recovered }) {
    const scene = await Scene.open(backend);
    atEnd(() => scene.close());
    backend.proxy.delay(timing.pick(200, 500));
    await rest(timing.pick(2, 1.2) * timing.ttlMs);
    recovered(await scene.continues());
    expect(scene.ids(), scene.told()).toEqual(['things-1']);
    expect(scene.events, scene.told()).toEqual([]);
    await scene.untilRegistered();
  },
});
