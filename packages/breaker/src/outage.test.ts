import { instanceRecord, virtualClock } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { AvailabilityScene, type SceneOptions } from './availability-scene.fixture.js';
import { AvailabilitySet } from './index.js';

const sceneOf = (ids: string, options?: SceneOptions) =>
  new AvailabilityScene(
    virtualClock(),
    [...ids].map((id) => instanceRecord(id)),
    options,
  );

describe('AvailabilitySet: unreachable instances', () => {
  it('takes one out at once, and back after 1 passed probe after 1 s', async () => {
    const scene = sceneOf('abc');
    scene.call('a', 'unreachable');
    expect(scene.picked).toBe('bc');
    await scene.clock.advance(999);
    expect(scene.probes).toEqual([]);
    await scene.clock.advance(1);
    expect(scene.picked).toBe('abc');
    expect(scene.events).toEqual(['ejected a unreachable', 'restored a']);
  });

  it('probes after 1 s, then twice as long each time up to 32 s', async () => {
    const scene = sceneOf('ab');
    scene.down.add('a');
    scene.call('a', 'unreachable');
    await scene.clock.advance(130_000);
    expect(scene.probes.map(({ at }) => at / 1_000)).toEqual([1, 3, 7, 15, 31, 63, 95, 127]);
  });

  it('counts a probe that does not answer within 1 s as failed', async () => {
    const clock = virtualClock();
    let probes = 0;
    const probe = () => new Promise<boolean>(() => probes++);
    const set = new AvailabilitySet({ clock, random: () => 0.5, probe });
    set.update([instanceRecord('a'), instanceRecord('b')]);
    const [a] = set.snapshot;
    if (a) set.end(set.begin(a, clock.now()), 'unreachable', clock.now());
    await clock.advance(7_000);
    expect(probes).toBe(3);
  });

  it('has no cap on how many are out', () => {
    const scene = sceneOf('abcde');
    for (const id of 'abcd') scene.call(id, 'unreachable');
    expect(scene.picked).toBe('e');
  });

  it('tries all when all are out, and takes the first answer for a passed probe', async () => {
    const scene = sceneOf('abc');
    for (const id of 'abc') {
      scene.down.add(id);
      scene.call(id, 'unreachable');
    }
    expect(scene.picked).toBe('abc');
    await scene.clock.advance(20_000);
    scene.probes.length = 0;
    scene.call('b', 'ok');
    expect(scene.picked).toBe('b');
    scene.down.clear();
    await scene.clock.advance(1);
    expect(scene.probes).toEqual([
      { id: 'a', at: 20_000 },
      { id: 'c', at: 20_000 },
    ]);
    expect(scene.picked).toBe('abc');
  });

  it('is not misled by outcomes of calls that began before it came back', async () => {
    const scene = sceneOf('ab');
    const late = scene.begin('a');
    scene.call('a', 'unreachable');
    await scene.clock.advance(1_000);
    expect(scene.picked).toBe('ab');
    scene.end(late, 'unreachable');
    expect(scene.picked).toBe('ab');
  });

  it('does not take the answer to a call that began before for a sign of life', () => {
    const scene = sceneOf('ab');
    const before = scene.begin('a');
    scene.call('a', 'unreachable');
    scene.end(before, 'ok');
    expect(scene.picked).toBe('b');
  });

  it('asks more of one that falls out again: flapping makes at most 5 events a minute (R10)', async () => {
    const scene = sceneOf('abcde');
    for (let second = 0; second < 60; second++) {
      if (second % 4 < 2) scene.down.add('a');
      else scene.down.delete('a');
      if (scene.state('a') === 'up') scene.call('a', scene.down.has('a') ? 'unreachable' : 'ok');
      await scene.clock.advance(1_000);
    }
    expect(scene.events.length).toBeLessThanOrEqual(5);
    scene.down.clear();
    await scene.clock.advance(40_000);
    expect(scene.picked).toBe('abcde');
  });
});
