import { instanceRecord, virtualClock } from '@weft/conformance';
import type { Clock } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { AvailabilityScene, type SceneOptions } from './availability-scene.fixture.js';

const sceneOf = (ids: string, options?: SceneOptions) =>
  new AvailabilityScene(
    virtualClock(),
    [...ids].map((id) => instanceRecord(id)),
    options,
  );

describe('AvailabilitySet: stalled instances', () => {
  const silence = async (scene: ReturnType<typeof sceneOf>, ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      await scene.clock.advance(100);
      scene.call('b', 'ok');
    }
  };

  it('takes one out whose oldest call waits for more than 1 s while another answers (R3, R5)', async () => {
    const scene = sceneOf('abc');
    scene.begin('a');
    await silence(scene, 1_000);
    expect(scene.picked).toBe('abc');
    await silence(scene, 300);
    expect(scene.picked).toBe('bc');
    expect(scene.events).toEqual(['ejected a stalled']);
  });

  it('sees it in the sweep when the others answered before', async () => {
    const scene = sceneOf('ab');
    scene.begin('a');
    await scene.clock.advance(500);
    scene.call('b', 'ok');
    await scene.clock.advance(1_500);
    expect(scene.state('a')).toBe('stalled');
  });

  it('takes it back when a probe passes', async () => {
    const scene = sceneOf('ab');
    scene.down.add('a');
    const stuck = scene.begin('a');
    await silence(scene, 1_300);
    await scene.clock.advance(2_000);
    expect(scene.picked).toBe('b');
    scene.end(stuck, 'ignored');
    scene.down.clear();
    await scene.clock.advance(4_000);
    expect(scene.picked).toBe('ab');
  });

  it('hears of an instance by an answer of 4xx as by any other', async () => {
    const scene = sceneOf('ab');
    scene.begin('a');
    for (let step = 0; step < 50; step++) {
      await scene.clock.advance(100);
      scene.call('a', 'answered');
      scene.call('b', 'answered');
    }
    expect(scene.picked).toBe('ab');
    scene.begin('b');
    for (let step = 0; step < 15; step++) {
      await scene.clock.advance(100);
      scene.call('a', 'answered');
    }
    expect(scene.events).toEqual(['ejected b stalled']);
  });

  it('leaves one in that answers other calls meanwhile', async () => {
    const scene = sceneOf('ab');
    scene.begin('a');
    for (let step = 0; step < 50; step++) {
      await scene.clock.advance(100);
      scene.call('a', 'ok');
      scene.call('b', 'ok');
    }
    expect(scene.picked).toBe('ab');
  });

  it('leaves all in when nobody answers', async () => {
    const scene = sceneOf('ab');
    scene.begin('a');
    scene.begin('b');
    await scene.clock.advance(10_000);
    expect(scene.picked).toBe('ab');
  });

  it('waits for 10 times the median of a slow service', async () => {
    const scene = sceneOf('ab');
    for (let call = 0; call < 6; call++) {
      const flights = [scene.begin('a'), scene.begin('b')];
      await scene.clock.advance(400);
      for (const flight of flights) scene.end(flight, 'ok');
    }
    scene.begin('a');
    const answer = async () => {
      const flight = scene.begin('b');
      await scene.clock.advance(390);
      scene.end(flight, 'ok');
    };
    for (let call = 0; call < 10; call++) await answer();
    expect(scene.picked).toBe('ab');
    await answer();
    expect(scene.picked).toBe('b');
  });

  /** Two instances, and a process that stands still from 0.5 s to 12 s: its timers run late. */
  const standStill = () => {
    let nowMs = 0;
    let runTimer = () => {};
    const clock: Clock = {
      now: () => nowMs,
      setTimer(_, run) {
        runTimer = run;
        return { cancel: () => {} };
      },
    };
    const scene = new AvailabilityScene(clock, [instanceRecord('a'), instanceRecord('b')]);
    const flights = ['a', 'a', 'a', 'b', 'b', 'b'].map((id) => scene.begin(id));
    nowMs = 500;
    scene.call('b', 'ok');
    nowMs = 12_000;
    return { scene, flights, runTimer: () => runTimer() };
  };

  it('blames nobody when this process itself stood still and sees the answers one after the other', () => {
    const { scene, flights } = standStill();
    for (const flight of flights.toReversed()) scene.end(flight, 'ok');
    expect(scene.picked).toBe('ab');
  });

  it('blames nobody when this process itself stood still and its sweep comes before the answers', () => {
    const { scene, runTimer } = standStill();
    runTimer();
    expect(scene.picked).toBe('ab');
  });
});
