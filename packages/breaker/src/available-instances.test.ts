import { instanceRecord, virtualClock } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { AvailabilityScene, type SceneOptions } from './availability-scene.fixture.js';

const sceneOf = (ids: string, options?: SceneOptions) =>
  new AvailabilityScene(
    virtualClock(),
    [...ids].map((id) => instanceRecord(id)),
    options,
  );

describe('AvailabilitySet: panic', () => {
  it('ignores ejections when less than half can be reached, and follows them again', async () => {
    const scene = sceneOf('abcde');
    scene.call('a', 'bad', 5);
    scene.call('b', 'bad', 5);
    scene.call('c', 'unreachable');
    expect(scene.picked).toBe('de');
    scene.call('d', 'unreachable');
    expect(scene.picked).toBe('e');
    scene.call('e', 'unreachable');
    expect(scene.picked).toBe('ab');
    expect(scene.events.filter((event) => event === 'panic' || event === 'calm')).toEqual(['panic']);
    await scene.clock.advance(1_000);
    expect(scene.picked).toBe('cde');
    expect(scene.events.filter((event) => event === 'panic' || event === 'calm')).toEqual(['panic', 'calm']);
  });

  it('ignores ejections when nobody else is left', () => {
    const scene = sceneOf('ab');
    scene.call('a', 'bad', 5);
    scene.call('b', 'unreachable');
    expect(scene.picked).toBe('a');
    expect(scene.events).toEqual(['ejected a bad-answers', 'ejected b unreachable', 'panic']);
  });

  it('ends an ejection only when its time is over, also after the instance was out of reach', async () => {
    const scene = sceneOf('abc');
    scene.call('a', 'bad', 5);
    scene.call('a', 'unreachable');
    expect(scene.state('a')).toBe('unreachable');
    await scene.clock.advance(1_000);
    expect(scene.state('a')).toBe('ejected');
    await scene.clock.advance(37_000);
    expect(scene.state('a')).toBe('up');
    expect(scene.events).toEqual(['ejected a bad-answers', 'restored a']);
  });
});
