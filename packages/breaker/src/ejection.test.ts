import { instanceRecord, virtualClock } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { AvailabilityScene, type SceneOptions } from './availability-scene.fixture.js';

const sceneOf = (ids: string, options?: SceneOptions) =>
  new AvailabilityScene(
    virtualClock(),
    [...ids].map((id) => instanceRecord(id)),
    options,
  );

describe('AvailabilitySet: bad answers', () => {
  it('ejects after 5 in a row, not after 4 and not when a good one comes between (R7)', () => {
    const scene = sceneOf('abc');
    scene.call('a', 'bad', 4);
    scene.call('a', 'ok');
    scene.call('a', 'bad', 4);
    scene.call('a', 'ignored');
    expect(scene.picked).toBe('abc');
    scene.call('a', 'bad');
    expect(scene.picked).toBe('bc');
    expect(scene.events).toEqual(['ejected a bad-answers']);
  });

  it('takes it back after 30 s, at most 20 % more, and 2 passed probes', async () => {
    const scene = sceneOf('abc');
    scene.call('a', 'bad', 5);
    await scene.clock.advance(29_999);
    expect(scene.probes).toEqual([]);
    await scene.clock.advance(3_001);
    expect(scene.probes).toEqual([{ id: 'a', at: 33_000 }]);
    expect(scene.picked).toBe('bc');
    await scene.clock.advance(1_000);
    expect(scene.probes).toHaveLength(2);
    expect(scene.picked).toBe('abc');
    expect(scene.events).toEqual(['ejected a bad-answers', 'restored a']);
  });

  it('keeps it out while probes fail', async () => {
    const scene = sceneOf('abc');
    scene.down.add('a');
    scene.call('a', 'bad', 5);
    await scene.clock.advance(100_000);
    expect(scene.picked).toBe('bc');
  });

  it('stays out longer each time, up to the cap, and forgives one per 30 s (R10)', async () => {
    const scene = sceneOf('abc', { baseTime: '1s', maxTime: '3s' });
    const outMs = async () => {
      scene.call('a', 'bad', 5);
      let ms = 0;
      for (; scene.picked === 'bc'; ms += 50) await scene.clock.advance(50);
      return ms - 1_000;
    };
    const [first, second, third, fourth] = [await outMs(), await outMs(), await outMs(), await outMs()];
    expect(first).toBeGreaterThanOrEqual(1_000);
    expect(first).toBeLessThanOrEqual(1_250);
    expect(second).toBeGreaterThanOrEqual(2_000);
    expect(second).toBeLessThanOrEqual(2_450);
    expect([third, fourth]).toEqual([3_000, 3_000]);
    expect(scene.set.stats()[0]?.ejections).toBe(4);
    await scene.clock.advance(120_000);
    expect(scene.set.stats()[0]?.ejections).toBe(0);
    expect(await outMs()).toBeLessThanOrEqual(1_250);
  });

  it('ejects at most half of the list (R8)', () => {
    const scene = sceneOf('abcde');
    for (const id of 'abc') scene.call(id, 'bad', 20);
    expect(scene.picked).toBe('cde');
  });

  it('never ejects the last one that is well', () => {
    const alone = sceneOf('a');
    alone.call('a', 'bad', 20);
    expect(alone.events).toEqual([]);
    const scene = sceneOf('abc');
    scene.call('a', 'unreachable');
    scene.call('b', 'unreachable');
    scene.call('c', 'bad', 20);
    expect(scene.state('c')).toBe('up');
  });

  it('ejects the next one when a place is free again', async () => {
    const scene = sceneOf('ab');
    scene.call('a', 'bad', 5);
    scene.call('b', 'bad', 5);
    expect(scene.picked).toBe('b');
    await scene.clock.advance(40_000);
    scene.call('b', 'bad');
    expect(scene.picked).toBe('a');
  });

  it('can be switched off', () => {
    const scene = sceneOf('abc', { consecutive: false, slow: false });
    scene.call('a', 'bad', 100);
    expect(scene.picked).toBe('abc');
  });

  it('ejects one whose median is over 3 times that of the service in 3 sweeps (R6)', async () => {
    const scene = sceneOf('abcde', { stall: '10s' });
    for (let round = 0; round < 10 && scene.picked.includes('a'); round++) {
      const slow = scene.begin('a');
      for (const id of 'bcde') {
        const flight = scene.begin(id);
        await scene.clock.advance(20);
        scene.end(flight, 'ok');
      }
      await scene.clock.advance(920);
      scene.end(slow, 'ok');
    }
    expect(scene.events).toEqual(['ejected a slow']);
  });

  it('does not call one slow on old answers', async () => {
    const scene = sceneOf('ab', { stall: '10s' });
    const flights = Array.from({ length: 5 }, () => scene.begin('a'));
    scene.call('b', 'ok', 5);
    await scene.clock.advance(900);
    for (const flight of flights) scene.end(flight, 'ok');
    for (let second = 0; second < 10; second++) {
      scene.call('b', 'ok');
      await scene.clock.advance(1_000);
    }
    expect(scene.events).toEqual([]);
  });

  it('calls nobody slow below 100 ms', async () => {
    const scene = sceneOf('abc');
    for (let round = 0; round < 30; round++) {
      const flight = scene.begin('a');
      for (const id of 'bc') scene.call(id, 'ok', 5);
      await scene.clock.advance(90);
      scene.end(flight, 'ok');
      await scene.clock.advance(300);
    }
    expect(scene.events).toEqual([]);
  });
});
