import type { Result } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { LatencyLoad } from './latency-load.js';
import { handleOf } from './pick-scene.fixture.js';

const DECAY_MS = 10_000;

/** An instance, and what tells of a call to it that took so long and was over at an instant. */
function instance() {
  const load = new LatencyLoad(handleOf('a'), 1_000, DECAY_MS);
  const observe = (durationMs: number, endedAt: number, result: Result = 'ok') => {
    const startedAt = endedAt - durationMs;
    load.begin(startedAt, 1);
    load.end(startedAt, { result, durationMs });
  };
  return { load, observe };
}

describe('LatencyLoad', () => {
  it('knows nothing before the first latency', () => {
    expect(instance().load.latencyAt(5)).toBeLessThan(0);
  });

  it('follows a rise at once', () => {
    const { load, observe } = instance();
    observe(20, 0);
    observe(200, 10);
    expect(load.latencyAt(10)).toBe(200);
  });

  it('follows a fall the faster the longer ago the last latency was', () => {
    const fallOver = (elapsedMs: number) => {
      const { load, observe } = instance();
      observe(200, 0);
      observe(20, elapsedMs);
      return load.latencyAt(elapsedMs);
    };
    expect(fallOver(10)).toBeCloseTo(200, 0);
    expect(fallOver(10_000)).toBeCloseTo(200 / Math.E + 20 * (1 - 1 / Math.E), 5);
    expect(fallOver(100_000)).toBeCloseTo(20, 1);
  });

  it('falls to 1/e after the decay when nothing is seen', () => {
    const { load, observe } = instance();
    observe(200, 0);
    expect(load.latencyAt(DECAY_MS)).toBeCloseTo(200 / Math.E, 5);
    expect(load.latencyAt(20 * DECAY_MS)).toBeLessThan(0.001);
  });

  it('falls without a step where it leaves the straight line', () => {
    const { load, observe } = instance();
    observe(100, 0);
    const [before, after] = [load.latencyAt(99), load.latencyAt(101)];
    expect(before).toBeGreaterThan(after);
    expect(before - after).toBeLessThan(0.05);
  });

  it.each(['failed', 'ignored'] as const)(
    'takes the time of a call that ended %s for a rise only, and not for a first latency',
    (result) => {
      const { load, observe } = instance();
      observe(1, 0, result);
      expect(load.latencyAt(0)).toBeLessThan(0);
      observe(20, 0);
      observe(1, 10, result);
      expect(load.latencyAt(10)).toBeCloseTo(20, 1);
      observe(500, 20, result);
      expect(load.latencyAt(20)).toBe(500);
    },
  );

  it('is not confused by calls that end in another order than they began', () => {
    const { load, observe } = instance();
    observe(20, 1_000);
    observe(10, 500);
    expect(load.latencyAt(1_000)).toBe(20);
  });
});
